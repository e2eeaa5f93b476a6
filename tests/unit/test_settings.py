"""Where things lie, and what the learner chose."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsp.errors import SettingsError
from adsp.settings import (
    ExamGoal,
    PlanOptions,
    ROptions,
    ScreenOptions,
    Settings,
    find_paths,
    load_settings,
    save_settings,
    shipped,
    write_atomically,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
dates = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))
chosen = st.builds(
    Settings,
    exam=st.builds(ExamGoal, date=dates, round=st.none() | st.integers(1, 99)),
    plan=st.builds(
        PlanOptions,
        start=dates,
        minutes=st.integers(5, 960),
        rest=st.lists(st.sampled_from(DAYS), unique=True).map(tuple),
    ),
    screen=st.builds(ScreenOptions, theme=st.text(st.characters(exclude_categories=["Cs"]))),
    r=st.builds(
        ROptions,
        engine=st.sampled_from(["auto", "zygote", "oneshot", "none"]),
        timeout=st.floats(0.1, 60),
    ),
)


class TestFindPaths:
    def test_one_folder_for_everything(self, tmp_path: Path) -> None:
        paths = find_paths({"ADSP_HOME": str(tmp_path)})
        places = (paths.log, paths.banks, paths.settings, paths.trace, paths.cache)
        assert all(tmp_path in place.parents for place in places)
        assert len(set(places)) == 5

    def test_a_relative_folder_becomes_absolute(self) -> None:
        """The app may change its folder later; the log must not move with it."""
        assert find_paths({"ADSP_HOME": "here"}).log.is_absolute()

    def test_home_of_the_user(self) -> None:
        assert find_paths({"ADSP_HOME": "~/study"}).log.is_relative_to(Path.home())

    def test_home_of_nobody(self) -> None:
        """A tilde that leads nowhere is told, not raised out of the library."""
        with pytest.raises(SettingsError, match="ADSP_HOME"):
            find_paths({"ADSP_HOME": "~nosuchuser/study"})

    def test_the_folders_of_the_system(self) -> None:
        """Unset and empty are the same: the system's own folders."""
        assert find_paths({}) == find_paths({"ADSP_HOME": ""})
        assert "adsp" in str(find_paths({}).log)


class TestShipped:
    @pytest.mark.parametrize("name", ["questions", "r_scripts"])
    def test_is_there(self, name: str) -> None:
        assert shipped("questions" if name == "questions" else "r_scripts").is_dir()


class TestLoad:
    def test_no_file_is_the_defaults(self, tmp_path: Path) -> None:
        assert load_settings(tmp_path / "none.toml") == Settings()

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            pytest.param("[plan\n", "", id="no-toml"),
            pytest.param("[plan]\nminuts = 30\n", "minuts", id="unknown-key"),
            pytest.param("[plam]\n", "plam", id="unknown-section"),
            pytest.param("[plan]\nminutes = 'an hour'\n", "plan.minutes", id="wrong-type"),
            pytest.param("[plan]\nminutes = 4\n", "5에서 960", id="too-few-minutes"),
            pytest.param("[plan]\nminutes = 961\n", "961", id="too-many-minutes"),
            pytest.param("[plan]\nrest = ['sunday']\n", "plan.rest", id="unknown-weekday"),
            pytest.param("[r]\nengine = 'rpy'\n", "r.engine", id="unknown-engine"),
            pytest.param("[exam]\ndate = 2021-13-01\n", "", id="no-such-day"),
            pytest.param("[exam]\ndate = 'soon'\n", "exam.date", id="no-date"),
            pytest.param("a = " + "[" * 5_000, "", id="nested-beyond-all-bounds"),
            pytest.param("a = " + "1" * 5_000, "", id="a-number-of-5000-digits"),
            pytest.param("[r]\ntimeout = -1.0\n", "timeout", id="no-time-at-all"),
            pytest.param("[r]\ntimeout = nan\n", "timeout", id="time-is-not-a-number"),
        ],
    )
    def test_refused_with_the_place(self, tmp_path: Path, text: str, told: str) -> None:
        """The file, what is wrong in it and what to do."""
        path = tmp_path / "settings.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError) as caught:
            load_settings(path)
        assert str(path) in str(caught.value)
        assert told in str(caught.value)

    def test_not_utf8(self, tmp_path: Path) -> None:
        path = tmp_path / "settings.toml"
        path.write_bytes("[screen]\ntheme = '밤'".encode("cp949"))
        with pytest.raises(SettingsError, match=r"settings\.toml"):
            load_settings(path)

    def test_a_folder_in_its_place(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError):
            load_settings(tmp_path)

    def test_as_notepad_saves_it(self, tmp_path: Path) -> None:
        """With a byte order mark and carriage returns."""
        path = tmp_path / "settings.toml"
        path.write_bytes(b"\xef\xbb\xbf[plan]\r\nminutes = 30\r\n")
        assert load_settings(path).plan.minutes == 30


class TestSave:
    @given(chosen)
    def test_comes_back(self, tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> None:
        path = tmp_path_factory.mktemp("settings") / "deep" / "settings.toml"
        save_settings(path, settings)
        assert load_settings(path) == settings

    def test_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(SettingsError, match="쓸 수 없습니다"):
            save_settings(tmp_path / "file" / "settings.toml", Settings())

    def test_defaults_are_not_written(self, tmp_path: Path) -> None:
        """A later default reaches who never chose."""
        path = tmp_path / "settings.toml"
        save_settings(path, Settings())
        assert path.read_text() == ""


class TestWriteAtomically:
    def test_leaves_nothing_else(self, tmp_path: Path) -> None:
        write_atomically(tmp_path / "a", "하나")
        write_atomically(tmp_path / "a", "둘")
        assert [p.name for p in tmp_path.iterdir()] == ["a"]
        assert (tmp_path / "a").read_text(encoding="utf-8") == "둘"

    def test_a_text_that_cannot_be_written_changes_nothing(self, tmp_path: Path) -> None:
        write_atomically(tmp_path / "a", "하나")
        with pytest.raises(UnicodeEncodeError):
            write_atomically(tmp_path / "a", "\ud800")
        assert [p.name for p in tmp_path.iterdir()] == ["a"]
        assert (tmp_path / "a").read_text(encoding="utf-8") == "하나"
