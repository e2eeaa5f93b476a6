"""Recorded transcripts: read where they belong, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adsp.bank.load import read_transcript
from adsp.bank.question import code_hash

if TYPE_CHECKING:
    from pathlib import Path


class TestTranscripts:
    def folder(self, tmp_path: Path, content: bytes) -> Path:
        (tmp_path / "transcripts").mkdir()
        (tmp_path / "transcripts" / "x.txt").write_bytes(content)
        return tmp_path

    def test_header_and_text(self, tmp_path: Path) -> None:
        found = read_transcript(self.folder(tmp_path, b"#! R 4.2.2 | abc\n> 1\n[1] 1\n\n"), "x")
        assert found is not None
        assert (found.text, found.r_version, found.code_hash) == ("> 1\n[1] 1", "4.2.2", "abc")

    @pytest.mark.parametrize("content", [b"", b"\n", b"no header\nat all", b"#! R "])
    def test_without_a_header_it_is_stale(self, tmp_path: Path, content: bytes) -> None:
        found = read_transcript(self.folder(tmp_path, content), "x")
        assert found is not None
        assert found.code_hash != code_hash("1")

    def test_bytes_that_are_no_text(self, tmp_path: Path) -> None:
        """As if it had not been recorded: one bad file must not keep the app from opening."""
        assert read_transcript(self.folder(tmp_path, b"#! R 4.2.2 | abc\n\xff\xfe"), "x") is None

    @pytest.mark.parametrize("name", ["none", "a\x00b", "../x", "/etc/hostname", "x" * 5_000])
    def test_none_there(self, tmp_path: Path, name: str) -> None:
        """Nor is anything read that lies elsewhere."""
        (tmp_path / "x.txt").write_text("#! R 4.2.2 | abc\n비밀", encoding="utf-8")
        assert read_transcript(tmp_path, name) is None
