"""Where a live log gets damaged: in folders that a program synchronises, and on network drives."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsp.store.place import WINDOWS, Risk, risk_of

if TYPE_CHECKING:
    import os

ROOT = "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/sda1 rw"
NFS = "40 27 0:40 / /home/kim rw,relatime - nfs4 nas:/home rw,vers=4.2"
SSHFS = "41 27 0:41 / /data/원격\\040폴더 rw,nosuid - fuse.sshfs kim@host: rw,user_id=1000"
EXT4_INSIDE = "42 40 254:1 / /home/kim/.local rw - ext4 /dev/sda2 rw"
WSL = r"43 27 0:43 / /mnt/c rw,noatime - 9p C:\134 rw,dirsync,aname=drvfs;path=C:\;uid=1000"

WORDS = [
    "Dropbox",
    "OneDrive",
    "Google Drive",
    "iCloud Drive",
    "MYBOX",
    "Nextcloud",
    "MEGA",
    "Box",
]


def sync(folder: str | Path) -> str | None:
    """The program that synchronises the folder, as seen on a local disk."""
    risk = risk_of(Path(folder), ROOT)
    assert risk is None or risk.kind == "sync"
    return None if risk is None else risk.name


def network(folder: str, *mounts: str) -> str | None:
    """The type of the drive, as seen on a machine with these mounts."""
    risk = risk_of(Path(folder), "\n".join([ROOT, *mounts, ""]))
    assert risk is None or risk.kind == "network"
    return None if risk is None else risk.name


def on(kind: str, source: str = "source") -> str:
    """A line of mountinfo for ``/data``."""
    return f"50 27 0:50 / /data rw,relatime shared:7 master:1 - {kind} {source} rw"


@pytest.fixture
def kim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it."""
    folder = tmp_path / "kim"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


class TestNames:
    """What the folders on the way are called."""

    @pytest.mark.parametrize(
        ("folder", "name"),
        [
            pytest.param("/home/kim/Dropbox/adsp", "Dropbox", id="dropbox"),
            pytest.param("/home/kim/dropbox/adsp", "Dropbox", id="dropbox in small letters"),
            pytest.param("/home/kim/Dropbox (Personal)/adsp", "Dropbox", id="dropbox of a person"),
            pytest.param("/home/kim/Dropbox (회사)/adsp", "Dropbox", id="dropbox of a firm"),
            pytest.param("/home/kim/Acme Dropbox/Kim/adsp", "Dropbox", id="dropbox of a team"),
            pytest.param("/mnt/c/Users/kim/OneDrive", "OneDrive", id="onedrive itself"),
            pytest.param("/mnt/c/Users/kim/OneDrive - 회사/x", "OneDrive", id="onedrive of a firm"),
            pytest.param("/Users/kim/OneDrive-개인/x", "OneDrive", id="onedrive of a person"),
            pytest.param("/home/kim/Google Drive/x", "Google Drive", id="google drive"),
            pytest.param("/home/kim/GoogleDrive/x", "Google Drive", id="googledrive"),
            pytest.param("/home/kim/Google 드라이브/x", "Google Drive", id="google in korean"),
            pytest.param("/mnt/g/My Drive/x", "Google Drive", id="my drive"),
            pytest.param("/mnt/g/내 드라이브/x", "Google Drive", id="my drive in korean"),
            pytest.param("/Users/kim/My Drive (k@gmail.com)/x", "Google Drive", id="mirrored"),
            pytest.param("/Users/kim/iCloud Drive/x", "iCloud", id="icloud"),
            pytest.param("/mnt/c/Users/kim/iCloudDrive/x", "iCloud", id="icloud on windows"),
            pytest.param("/Users/kim/Library/Mobile Documents/x", "iCloud", id="icloud of an app"),
            pytest.param("/backup/com~apple~CloudDocs/x", "iCloud", id="icloud documents"),
            pytest.param("/home/kim/MYBOX/x", "네이버 MYBOX", id="mybox"),
            pytest.param("/home/kim/네이버 MYBOX/x", "네이버 MYBOX", id="naver mybox"),
            pytest.param("/home/kim/Nextcloud/x", "Nextcloud", id="nextcloud"),
            pytest.param("/home/kim/Nextcloud2/x", "Nextcloud", id="second nextcloud"),
            pytest.param("/home/kim/ownCloud/x", "ownCloud", id="owncloud"),
            pytest.param("/home/kim/Seafile/library/x", "Seafile", id="seafile"),
            pytest.param("/home/kim/MEGA/x", "MEGA", id="mega"),
            pytest.param("/home/kim/MEGAsync/x", "MEGA", id="megasync"),
            pytest.param("/home/kim/pCloudDrive/x", "pCloud", id="pcloud"),
            pytest.param("/Users/kim/pCloud Drive/x", "pCloud", id="pcloud on macos"),
            pytest.param("/home/kim/Box/x", "Box", id="box"),
            pytest.param("/home/kim/Box Sync/x", "Box", id="box sync"),
        ],
    )
    def test_synchronised(self, folder: str, name: str) -> None:
        """Each program calls its folder so by default."""
        assert sync(folder) == name

    @pytest.mark.parametrize(
        ("provider", "name"),
        [
            pytest.param("GoogleDrive-kim@gmail.com", "Google Drive", id="google"),
            pytest.param("Dropbox", "Dropbox", id="dropbox"),
            pytest.param("OneDrive-개인", "OneDrive", id="onedrive"),
            pytest.param("Box-Box", "Box", id="box"),
            pytest.param("ProtonDrive-kim@proton.me", "ProtonDrive", id="unheard of"),
            pytest.param("이름\x1b[31m\udcff", "이름[31m", id="what a terminal would obey"),
            pytest.param("\x1b", "클라우드", id="nothing to print"),
        ],
    )
    def test_providers_of_macos(self, provider: str, name: str) -> None:
        """All that lies under CloudStorage is a provider's, known or not."""
        assert sync(f"/Users/kim/Library/CloudStorage/{provider}/adsp") == name

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_korean_taken_apart(self, form: Literal["NFC", "NFD"]) -> None:
        """macOS hands out syllables as jamo."""
        for folder in ("Google 드라이브", "내 드라이브", "네이버 MYBOX"):
            assert sync(f"/Users/kim/{unicodedata.normalize(form, folder)}/adsp") is not None

    @pytest.mark.parametrize(
        "folder",
        [
            pytest.param("/home/kim/.local/share/adsp", id="default on linux"),
            pytest.param("/Users/kim/Library/Application Support/adsp", id="default on macos"),
            pytest.param("/home/kim/toolbox/adsp", id="toolbox"),
            pytest.param("/home/kim/mailbox/adsp", id="mailbox"),
            pytest.param("/home/kim/Box2/adsp", id="box2"),
            pytest.param("/home/kim/omega/adsp", id="omega"),
            pytest.param("/home/kim/dropbox-export/adsp", id="an export"),
            pytest.param("/home/kim/iCloud Drive (Archive)/adsp", id="left when signing out"),
            pytest.param("/Users/kim/Library/CloudStorage", id="no provider"),
            pytest.param("/home/kim/Dropbox/../adsp", id="out again"),
            pytest.param("/", id="root"),
        ],
    )
    def test_local(self, folder: str) -> None:
        """Nothing synchronises these."""
        assert sync(folder) is None

    @pytest.mark.parametrize("person", ["box", "mega", "Dropbox"])
    def test_people(self, tmp_path: Path, person: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The learner may be called like a product; what lies in her home is judged as ever."""
        home = tmp_path / person
        monkeypatch.setenv("HOME", str(home))
        assert sync(home / ".local/share/adsp") is None
        assert sync(home / "Nextcloud/adsp") == "Nextcloud"

    def test_link_into(self, kim: Path) -> None:
        """A link that has an innocent name."""
        (kim / "Dropbox").mkdir()
        (kim / "study").symlink_to(kim / "Dropbox")
        assert sync(kim / "study" / "adsp") == "Dropbox"

    def test_link_called_so(self, kim: Path) -> None:
        """The program's folder has moved to another disk, and a link is left in its place."""
        (kim / "disk").mkdir()
        (kim / "Dropbox").symlink_to(kim / "disk")
        assert sync(kim / "Dropbox" / "adsp") == "Dropbox"

    def test_relative(self, kim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A relative path starts in the working folder."""
        (kim / "Dropbox").mkdir()
        monkeypatch.chdir(kim / "Dropbox")
        assert sync("adsp") == "Dropbox"

    def test_checkout(self, kim: Path) -> None:
        """Git changes files only when told to."""
        (kim / "study/.git").mkdir(parents=True)
        assert sync(kim / "study/adsp") is None

    @given(st.text("가나xyz", min_size=1), st.sampled_from(WORDS))
    def test_part_of_a_word(self, prefix: str, word: str) -> None:
        """Only whole names count."""
        assert sync(f"/home/kim/{prefix}{word}/adsp") is None


class TestMarkers:
    """What the programs leave at the top of a folder of any name."""

    @pytest.mark.parametrize(
        ("marker", "name"),
        [
            pytest.param(".stfolder/", "Syncthing", id="syncthing"),
            pytest.param(".stfolder", "Syncthing", id="syncthing of old"),
            pytest.param(".sync/ID", "Resilio Sync", id="resilio"),
            pytest.param(".dropbox", "Dropbox", id="dropbox"),
            pytest.param(".dropbox/", "Dropbox", id="dropbox folder"),
        ],
    )
    @pytest.mark.parametrize("folder", ["shared", "shared/study", "shared/study/adsp/data"])
    def test_marked(self, kim: Path, marker: str, name: str, folder: str) -> None:
        """At the folder itself or above it, also if the folder is yet to be made."""
        (kim / "shared/study").mkdir(parents=True)
        leave(kim / "shared", marker)
        assert sync(kim / folder) == name
        assert sync(kim / ".local/share/adsp") is None

    @pytest.mark.parametrize(
        "settings",
        [
            pytest.param(".dropbox/", id="dropbox"),
            pytest.param(".dropbox/info.json", id="dropbox in use"),
            pytest.param(".sync/", id="resilio"),
            pytest.param(".sync/settings.dat", id="resilio in use"),
        ],
    )
    def test_settings_in_the_home(self, kim: Path, settings: str) -> None:
        """The programs' own settings do not make the home a synchronised folder."""
        leave(kim, settings)
        assert sync(kim / ".local/share/adsp") is None
        assert sync(kim) is None

    def test_home_behind_a_link(self, kim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nor if the home is named by a link."""
        leave(kim, ".dropbox/")
        link = kim.with_name("link")
        link.symlink_to(kim)
        monkeypatch.setenv("HOME", str(link))
        assert sync(link / "adsp") is None
        assert sync(kim / "adsp") is None

    @pytest.mark.parametrize("marker", [".stfolder/", ".sync/ID", ".dropbox"])
    def test_whole_home_synchronised(self, kim: Path, marker: str) -> None:
        """A home that is such a folder is one."""
        leave(kim, marker)
        assert sync(kim / ".local/share/adsp") is not None

    def test_link_into(self, kim: Path) -> None:
        """The markers of where the folder really is."""
        leave(kim / "shared", ".stfolder/")
        (kim / "study").symlink_to(kim / "shared")
        assert sync(kim / "study/adsp") == "Syncthing"

    def test_link_out(self, kim: Path) -> None:
        """Syncthing takes a link along as a link; what it points to stays local."""
        leave(kim / "shared", ".stfolder/")
        (kim / "local").mkdir()
        (kim / "shared/study").symlink_to(kim / "local")
        assert sync(kim / "shared/study/adsp") is None


def leave(folder: Path, name: str) -> None:
    """Make a file, or a folder if the name ends in a slash."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith("/"):
        path.mkdir()
    else:
        path.write_text("")


class TestMounts:
    """What kind of drive holds the folder."""

    @pytest.mark.parametrize(
        "kind",
        [
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "9p",
            "davfs",
            "afs",
            "ceph",
            "glusterfs",
            "lustre",
            "beegfs",
            "vboxsf",
            "vmhgfs",
            "prl_fs",
            "fuse.sshfs",
            "fuse.rclone",
            "fuse.gvfsd-fuse",
            "fuse.s3fs",
            "fuse.google-drive-ocamlfuse",
            "fuse.davfs2",
            "fuse.glusterfs",
            "fuse.vmhgfs-fuse",
        ],
    )
    def test_network(self, kind: str) -> None:
        """Its name is its type, without the word that says how it is mounted."""
        assert network("/data/adsp", on(kind)) == kind.removeprefix("fuse.")

    @pytest.mark.parametrize(
        "kind",
        ["ext4", "btrfs", "xfs", "zfs", "tmpfs", "overlay", "fuseblk", "virtiofs", "fuse.ext4"],
    )
    def test_local(self, kind: str) -> None:
        """A disk of this machine, or as good as one."""
        assert network("/data/adsp", on(kind)) is None

    @pytest.mark.parametrize(
        "mount",
        [
            pytest.param(WSL, id="drive"),
            pytest.param(WSL.replace("C:\\134", "drvfs"), id="as early WSL 2 named it"),
            pytest.param("43 27 0:43 / /mnt/c rw - 9p C:\\134 rw", id="letter only"),
            pytest.param("43 27 0:43 / /mnt/c rw - drvfs C: rw", id="WSL 1"),
        ],
    )
    def test_windows(self, mount: str) -> None:
        """WSL's drives are called what the learner knows them as."""
        assert network("/mnt/c/Users/kim/adsp", mount) == WINDOWS

    @pytest.mark.parametrize(
        ("folder", "name"),
        [
            pytest.param("/home/kim/adsp", "nfs4", id="under the mount"),
            pytest.param("/home/kim", "nfs4", id="mount point"),
            pytest.param("/home/kimchi/adsp", None, id="longer name"),
            pytest.param("/home", None, id="above"),
            pytest.param("/home/kim/.local/share/adsp", None, id="local disk inside"),
            pytest.param("/data/원격 폴더/adsp", "sshfs", id="escaped space"),
            pytest.param("/data/원격", None, id="before the space"),
        ],
    )
    def test_longest_mount_point(self, folder: str, name: str | None) -> None:
        """The mount that holds a folder is the innermost, by whole names."""
        assert network(folder, EXT4_INSIDE, SSHFS, NFS) == name

    def test_later_mount_hides_earlier(self) -> None:
        """Of two mounts at one point the later one is seen."""
        assert network("/data/adsp", on("nfs"), on("ext4")) is None
        assert network("/data/adsp", on("ext4"), on("cifs")) == "cifs"

    @pytest.mark.parametrize(
        ("folder", "written"),
        [
            pytest.param("/a\tb", r"/a\011b", id="tab"),
            pytest.param("/a\nb", r"/a\012b", id="line feed"),
            pytest.param("/a\\040b", r"/a\134040b", id="backslash"),
            pytest.param("/a#b", r"/a\043b", id="hash"),
            pytest.param("/a\u3000b\x85c", "/a\u3000b\x85c", id="other spaces as they are"),
        ],
    )
    def test_escapes(self, folder: str, written: str) -> None:
        """The kernel escapes what would break the table, and nothing else."""
        assert network(f"{folder}/adsp", f"50 27 0:50 / {written} rw - nfs nas:/ rw") == "nfs"

    def test_link_onto(self, kim: Path) -> None:
        """The drive that counts is the one behind the link."""
        (kim / "nas").mkdir()
        (kim / "study").symlink_to(kim / "nas")
        assert network(f"{kim}/study/adsp", f"50 27 0:50 / {kim}/nas rw - nfs nas:/ rw") == "nfs"

    def test_synchronised_folder_on_a_drive(self) -> None:
        """The program's name says more than the drive's."""
        risk = risk_of(Path("/mnt/c/Users/kim/Dropbox"), f"{ROOT}\n{WSL}\n")
        assert risk == Risk("sync", "Dropbox")

    def test_own_mounts(self, kim: Path) -> None:
        """Without a text, this machine's mounts count; a pseudo file system is no network."""
        risk_of(kim)
        assert risk_of(Path("/proc/self")) is None

    def test_no_mountinfo(self, kim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where mountinfo cannot be read there is no known risk."""

        def refuse(path: Path) -> bytes:
            raise PermissionError(path)

        monkeypatch.setattr(Path, "read_bytes", refuse)
        assert risk_of(kim / "adsp") is None

    @given(st.permutations([ROOT, NFS, SSHFS, EXT4_INSIDE, WSL]))
    def test_order_of_other_mounts(self, lines: list[str]) -> None:
        """Early mounts of a boot are listed before the root; the answers stay."""
        mounts = "\n".join(lines)
        assert risk_of(Path("/home/kim/adsp"), mounts) == Risk("network", "nfs4")
        assert risk_of(Path("/home/kim/.local/adsp"), mounts) is None
        assert risk_of(Path("/mnt/c/adsp"), mounts) == Risk("network", WINDOWS)


class TestNothingRaises:
    """Whatever is asked; a warning that fails must not keep the learner from studying."""

    names = st.text() | st.sampled_from([*WORDS, "..", "Library", "CloudStorage", "~", "x" * 300])
    fields = st.text() | st.sampled_from(["/", "-", "/home/kim", "nfs4", "9p", "\\777", "\n", ""])

    @given(st.lists(names).map("/".join), st.lists(fields).map(" ".join))
    def test_any_path_and_any_mounts(self, folder: str, mounts: str) -> None:
        """And the advice can always be printed."""
        for path in (Path(folder), Path("/" + folder)):
            risk = risk_of(path, mounts)
            assert risk is None or risk.advice.encode()

    @given(st.text("/home-kim\\0417 \n"))
    def test_any_mount_point(self, point: str) -> None:
        risk_of(Path("/home/kim"), f"50 27 0:50 / {point} rw - nfs4 nas:/ rw")

    @pytest.mark.parametrize("line", ["", "-", " - nfs", "1 2 3 4 / rw", "1 2 3 4 / rw - "])
    def test_broken_line(self, line: str) -> None:
        """A line that says nothing is passed over."""
        assert network("/data/adsp", line) is None
        assert network("/data/adsp", line, on("nfs"), line) == "nfs"

    def test_links_in_a_circle(self, kim: Path) -> None:
        """A path that leads nowhere."""
        (kim / "one").symlink_to(kim / "two")
        (kim / "two").symlink_to(kim / "one")
        assert sync(kim / "one/adsp") is None

    def test_refused_look(self, kim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where one may not look there is no known marker."""

        def refuse(path: Path) -> os.stat_result:
            raise PermissionError(path)

        monkeypatch.setattr(Path, "stat", refuse)
        assert sync(kim / "adsp") is None

    def test_working_folder_gone(self, kim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A relative path that starts nowhere."""
        (kim / "gone").mkdir()
        monkeypatch.chdir(kim / "gone")
        (kim / "gone").rmdir()
        assert risk_of(Path("adsp"), ROOT) is None

    def test_nobody_home(self, kim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A process of no user has no home."""

        def refuse() -> Path:
            raise RuntimeError

        monkeypatch.setattr(Path, "home", refuse)
        assert sync(kim / "Dropbox") == "Dropbox"


class TestAdvice:
    @pytest.mark.parametrize(
        ("risk", "says"),
        [
            pytest.param(Risk("sync", "Dropbox"), "Dropbox 동기화 폴더", id="sync"),
            pytest.param(Risk("network", "nfs4"), "드라이브(nfs4)", id="network"),
        ],
    )
    def test_what_and_what_to_do(self, risk: Risk, says: str) -> None:
        """It names the place, the harm and both ways out."""
        for words in (says, "손상", "ADSP_HOME", "adsp log sync 폴더"):
            assert words in risk.advice

    def test_name_is_no_template(self) -> None:
        """A provider of macOS may be called anything."""
        assert "{0}{name} 동기화" in Risk("sync", "{0}{name}").advice
