"""The instant, the offset and the study day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adsp.clock import ReplayClock, SystemClock, parse_now, study_day, today

if TYPE_CHECKING:
    from tests.conftest import Ticks

SEOUL = timezone(timedelta(hours=9))
NEW_YORK = ZoneInfo("America/New_York")


class TestStudyDay:
    @pytest.mark.parametrize(
        ("time", "day"),
        [
            ("2021-10-05T04:00:00", 5),
            ("2021-10-05T23:59:59", 5),
            ("2021-10-06T00:30:00", 5),
            ("2021-10-06T03:59:59.999999", 5),
            ("2021-10-06T04:00:00", 6),
        ],
    )
    def test_runs_from_four_to_four(self, time: str, day: int) -> None:
        """What is learnt after midnight belongs to the evening before."""
        moment = datetime.fromisoformat(time).replace(tzinfo=SEOUL)
        assert study_day(moment) == date(2021, 10, day)

    def test_by_her_own_wall_clock(self) -> None:
        """Half past eight in the evening in Seoul is noon elsewhere, and still her evening."""
        moment = datetime(2021, 10, 5, 23, 30, tzinfo=SEOUL)
        assert study_day(moment) == date(2021, 10, 5)
        assert study_day(moment.astimezone(UTC)) == date(2021, 10, 5)
        assert study_day(datetime(2021, 10, 5, 18, 30, tzinfo=UTC)) == date(2021, 10, 5)
        assert study_day(datetime(2021, 10, 5, 18, 30, tzinfo=UTC).astimezone(SEOUL)).day == 5

    @given(st.datetimes(datetime(2021, 1, 1), datetime(2022, 12, 31)))  # noqa: DTZ001  (wall clock)
    def test_a_day_of_23_or_25_hours_is_one_day(self, wall: datetime) -> None:
        """Only the wall clock counts, so that summer time moves no day."""
        expected = (wall - timedelta(hours=4)).date()
        assert study_day(wall.replace(tzinfo=NEW_YORK)) == expected
        assert study_day(wall.replace(tzinfo=NEW_YORK, fold=1)) == expected

    def test_another_rollover(self) -> None:
        moment = datetime(2021, 10, 6, 0, 30, tzinfo=SEOUL)
        assert study_day(moment, rollover_hour=0) == date(2021, 10, 6)


class TestSystemClock:
    def test_is_aware_and_in_her_zone(self) -> None:
        assert SystemClock().now().utcoffset() == timedelta(hours=9)


class TestReplayClock:
    def test_runs_on_from_its_start(self, ticks: Ticks) -> None:
        """A mock exam that starts at 20:00 ends 90 minutes later."""
        ticks.pass_by(seconds=1_000)
        clock = ReplayClock(datetime(2021, 10, 5, 20, tzinfo=SEOUL), ticks)
        assert clock.now() == datetime(2021, 10, 5, 20, tzinfo=SEOUL)
        ticks.pass_by(seconds=5_400)
        assert clock.now() == datetime(2021, 10, 5, 21, 30, tzinfo=SEOUL)

    def test_passes_into_the_next_study_day(self, ticks: Ticks) -> None:
        clock = ReplayClock(datetime(2021, 10, 6, 3, 59, 59, tzinfo=SEOUL), ticks)
        assert today(clock) == date(2021, 10, 5)
        ticks.pass_by(seconds=1)
        assert today(clock) == date(2021, 10, 6)


class TestParseNow:
    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("2021-10-05", "2021-10-05T12:00:00+09:00"),
            pytest.param("20211005", "2021-10-05T12:00:00+09:00", id="date-without-hyphens"),
            pytest.param("2021-W40-2", "2021-10-05T12:00:00+09:00", id="week-date"),
            ("2021-10-05T20:00", "2021-10-05T20:00:00+09:00"),
            ("2021-10-05 20:00", "2021-10-05T20:00:00+09:00"),
            ("2021-10-05T00:00", "2021-10-05T00:00:00+09:00"),
            ("2021-10-05T20:00+00:00", "2021-10-05T20:00:00+00:00"),
            ("2021-10-05T20:00Z", "2021-10-05T20:00:00+00:00"),
        ],
    )
    def test_reads(self, text: str, meant: str) -> None:
        """A date alone is noon, however it is written; without an offset it is her zone."""
        moment = parse_now(text)
        assert moment.isoformat() == meant
        assert moment.tzinfo is not None

    @pytest.mark.parametrize("text", ["", "내일", "2021-13-01", "2021-10-05T25:00", "5", "now"])
    def test_refuses(self, text: str) -> None:
        with pytest.raises(ValueError, match=r".*"):
            parse_now(text)

    @pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01T03:00+09:00", "9999-12-31"])
    def test_the_ends_of_the_calendar(self, text: str) -> None:
        """Where a zone or a study day would fall out of it, no time is read."""
        with pytest.raises(ValueError, match="year"):
            parse_now(text)

    def test_a_night_of_change(self, ticks: Ticks) -> None:
        """Hours pass as they do on the wall of a zone that sets its clocks."""
        clock = ReplayClock(datetime(2021, 11, 7, 0, 30, tzinfo=NEW_YORK), ticks)
        ticks.pass_by(seconds=2 * 3600)
        assert clock.now().isoformat() == "2021-11-07T01:30:00-05:00"

    @given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
    def test_a_date_is_its_own_study_day(self, day: date) -> None:
        assert study_day(parse_now(day.isoformat())) == day
        assert study_day(parse_now(day.strftime("%Y%m%d"))) == day
