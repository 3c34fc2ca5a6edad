from policies.differences import Line, Part, compare, lines_of


def same(text: str) -> Line:
    return Line("same", (Part("same", text),))


def test_article_becomes_one_line_a_paragraph_item_heading_and_row():
    html = (
        "<h2>1 A</h2>\n<p>One <strong>two</strong>\nthree.</p>\n<ul>\n<li>x</li>\n<li>\n<p>y</p>\n"
        "</li>\n</ul>\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n"
        "<tr>\n<td>1 &lt; 2</td>\n<td>c</td>\n</tr>\n</tbody>\n</table>\nlast"
    )
    assert lines_of("T", html) == [
        "T", "1 A", "One two three.", "x", "y", "a | b", "1 < 2 | c", "last",
    ]  # fmt: skip


def test_nothing_changed():
    assert compare(["a", "b"], ["a", "b"]) == []


def test_reworded_line_shows_its_words():
    lines = compare(["Kept for 12 months in the mailbox."], ["Kept for 6 months in the mailbox."])
    assert lines == [
        Line(
            "changed",
            (
                Part("same", "Kept for "),
                Part("removed", "12 "),
                Part("added", "6 "),
                Part("same", "months in the mailbox."),
            ),
        )
    ]


def test_words_only_added_or_only_removed():
    (line,) = compare(["We keep requests here."], ["We keep all requests here."])
    assert [part.op for part in line.parts] == ["same", "added", "same"]
    (line,) = compare(["We keep all requests here."], ["We keep requests here."])
    assert [part.op for part in line.parts] == ["same", "removed", "same"]


def test_other_sentence_is_removed_and_added():
    assert compare(["Quite another thing!"], ["1 2 3 4 5 6"]) == [
        Line("removed", (Part("removed", "Quite another thing!"),)),
        Line("added", (Part("added", "1 2 3 4 5 6"),)),
    ]


def test_more_or_fewer_lines():
    assert compare(["a"], ["a", "b"]) == [same("a"), Line("added", (Part("added", "b"),))]
    assert compare(["a", "b"], ["a"]) == [same("a"), Line("removed", (Part("removed", "b"),))]


def test_long_unchanged_rows_are_counted():
    before = [f"line {n}" for n in range(10)]
    after = [*before[:5], "a new one", *before[5:]]
    assert compare(before, after) == [
        Line("skipped", count=4),
        same("line 4"),
        Line("added", (Part("added", "a new one"),)),
        same("line 5"),
        Line("skipped", count=4),
    ]
