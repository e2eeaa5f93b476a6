"""Choosing a quiz: what from, how many, which kinds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Footer, Input, Label, Static, Tree

from adsp.bank.question import KIND_NAMES, Kind
from adsp.session.select import Filter
from adsp.tui.base import AdspScreen, whole_number
from adsp.tui.keys import command
from adsp.tui.prose import plain
from adsp.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets.tree import TreeNode

COUNTS = (5, 10, 20, 50)


class SetupScreen(AdspScreen):
    """Pick subject, chapter or section on the left, count and kinds on the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        command("s,f5", "start", "시작", "고른 대로 문제를 풉니다."),
        command("escape,q", "leave", "홈으로", "홈으로 돌아갑니다."),
    ]

    def compose(self) -> ComposeResult:
        with Horizontal(id="setup"):
            tree: Tree[str] = Tree("전 범위", data="", id="scope")
            tree.border_title = "범위 (위아래로 고르고 Enter로 시작)"
            yield tree
            with Vertical(id="options") as options:
                options.border_title = "문항"
                yield Label("문항 수")
                with Horizontal(id="counts"):
                    yield Input("10", type="integer", id="count", max_length=3)
                    for count in COUNTS:
                        yield Button(str(count), id=f"count-{count}", compact=True)
                yield Label("종류 (아무것도 고르지 않으면 모두)")
                for kind, name in KIND_NAMES.items():
                    yield Tick(name, id=f"kind-{kind.value}", compact=True)
                yield Tick("R 출력·표 읽기만", id="exhibits", compact=True)
                yield Tick("표시한 문항만", id="flagged", compact=True)
                yield Static("", id="available", markup=False)
                yield Button("시작 (S)", id="start", variant="primary")
        yield Footer()

    def on_mount(self) -> None:
        self._fill()
        self._tell_available()
        self.query_one(Tree).focus()

    def _fill(self) -> None:
        """The syllabus with how many questions there are and how many were seen."""
        tree = self.query_one(Tree)
        tree.root.expand()
        bank, seen = self.desk.bank, self.desk.study.history.seen
        have = Counter(question.section for question in bank.questions)
        known = Counter(q.section for q in bank.questions if q.id in seen)
        for subject in bank.syllabus.subjects:
            branch = tree.root.add(f"{subject.code}과목 {subject.name}", subject.code, expand=True)
            for chapter in subject.chapters:
                twig = branch.add(f"{chapter.code} {chapter.name}", chapter.code)
                for section in chapter.sections:
                    code = section.code
                    twig.add_leaf(f"{code} {section.name} ({known[code]}/{have[code]})", code)

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[str]) -> None:
        del event
        self._tell_available()

    def on_tree_node_selected(self, event: Tree.NodeSelected[str]) -> None:
        """Enter on a section starts; on a chapter it opens, as a tree does."""
        if not event.node.allow_expand:
            self.action_start()

    def on_checkbox_changed(self) -> None:
        self._tell_available()

    def _node(self) -> TreeNode[str]:
        tree: Tree[str] = self.query_one(Tree)
        return tree.cursor_node or tree.root

    def _filter(self) -> Filter:
        code = self._node().data
        sections = frozenset(self.desk.bank.syllabus.covered(code)) if code else frozenset()
        kinds = frozenset(k for k in Kind if self.query_one(f"#kind-{k.value}", Tick).value)
        flagged = self.query_one("#flagged", Tick).value
        return Filter(
            sections,
            kinds,
            exhibits_only=self.query_one("#exhibits", Tick).value,
            flagged=frozenset(self.desk.study.history.flagged) if flagged else None,
        )

    def _tell_available(self) -> None:
        wanted = self._filter()
        count = sum(wanted.admits(question) for question in self.desk.bank.questions)
        self.query_one("#available", Static).update(plain(f"고른 범위에 {count}문항이 있습니다."))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "start":
            self.action_start()
        else:
            self.query_one("#count", Input).value = str(event.button.label)

    def on_input_submitted(self) -> None:
        self.action_start()

    def action_start(self) -> None:
        count = whole_number(self.query_one("#count", Input))
        title = self.desk.bank.syllabus.name(code) if (code := self._node().data) else "전 범위"
        session = self.adsp.attempt(
            lambda: self.desk.study.start_quiz(self._filter(), count, title)
        )
        if session is not None:
            self.dismiss()
            self.adsp.open_session(session)

    def action_leave(self) -> None:
        self.dismiss()
