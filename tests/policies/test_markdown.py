import pytest

from policies.markdown import render_markdown


def test_title_sections_and_anchors():
    article = render_markdown(
        "# The *title*\n\n## 2 One\n\nA\n\n### 2.1 Two\n\nB\n\n## 3 Three\n\nC\n"
    )
    assert article.title == "The title"
    assert article.sections == [
        ("s-2", "2", "One", [("s-2-1", "2.1", "Two", [])]),
        ("s-3", "3", "Three", []),
    ]
    for tag, anchor in (("h2", "s-2"), ("h3", "s-2-1"), ("h2", "s-3")):
        assert f'<{tag} id="{anchor}">' in article.html
    assert "<h1" not in article.html


def test_subsection_without_a_section_stands_alone():
    article = render_markdown("# T\n\n### 2.1 Two\n\nA\n")
    assert article.sections == [("s-2-1", "2.1", "Two", [])]


def test_heading_without_a_number_has_no_anchor():
    article = render_markdown("# T\n\n## Plain\n\nA\n")
    assert article.sections == []
    assert "<h2>Plain</h2>" in article.html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("{E-1a} A.", '<p id="E-1a">A.</p>'),
        ("{E-1a} **A** b.", '<p id="E-1a"><strong>A</strong> b.</p>'),
        ("{E-1a}\nA.", '<p id="E-1a">\nA.</p>'),
        ("{S-Ia} A.", '<p id="S-Ia">A.</p>'),
        ("{E-2.1}\n\nA.", '<p id="E-2.1">A.</p>'),
        ("{E-1a E-1b} A.", '<p id="E-1a"><span id="E-1b"></span>A.</p>'),
        ("- {E-1a} A", '<li id="E-1a">A</li>'),
        ("- {E-1a} A\n\n- {E-1b} B", '<li id="E-1b">'),
        ("{E-1a}\n\n- A", '<ul id="E-1a">'),
        ("{E-1a E-1b}\n\n-\n", '<ul id="E-1a">'),
        ("{E-1a}\n\n| a |\n| --- |\n| b |", '<table id="E-1a">'),
        ("{E-1a} [a](/b)", '<p id="E-1a"><a href="/b">a</a></p>'),
    ],
)
def test_clause_ids_become_element_ids(source, html):
    assert html in render_markdown(source).html


def test_clauses_are_listed_in_their_order():
    article = render_markdown("{E-1b} A\n\n- {E-1a E-2c} B\n\n{E-7.2a}\n\n- C\n")
    assert article.clauses == ["E-1b", "E-1a", "E-2c", "E-7.2a"]


@pytest.mark.parametrize("text", ["{X-1a} A", "{E-} A", "{E-1a,E-1b} A", "A {E-1a}", "{E-ə} A"])
def test_other_braces_stay_text(text):
    article = render_markdown(text)
    assert article.clauses == []
    assert "id=" not in article.html


def test_html_stays_literal():
    html = render_markdown("<script>alert(1)</script>\n\nA <b onclick=x>b</b>\n").html
    assert "<script" not in html
    assert "<b " not in html
    assert "&lt;script&gt;" in html


def test_images_are_not_made():
    html = render_markdown("![x](https://example.com/pixel.gif)").html
    assert "<img" not in html


def test_links_of_other_schemes_are_not_made():
    assert "<a" not in render_markdown("[x](javascript:alert(1))").html


@pytest.mark.parametrize(
    ("source", "empty"),
    [
        ("## 1 A\n\ntext", []),
        ("## 1 A\n\n- item", []),
        ("## 1 A\n\n| a |\n| --- |\n| b |", []),
        ("## 1 A\n\n### 1.1 B\n\ntext", []),
        ("## 1 A", ["1 A"]),
        ("## 1 A\n\n## 2 B\n\ntext", ["1 A"]),
        ("## 1 A\n\n### 1.1 B\n\n## 2 C\n\ntext", ["1.1 B"]),
        ("### 1.1 A\n\n### 1.2 B", ["1.1 A", "1.2 B"]),
        ("text alone", []),
    ],
)
def test_headings_with_nothing_under_them_are_found(source, empty):
    assert render_markdown(source).empty_headings == empty


def test_cells_name_their_column():
    html = render_markdown("| who | why |\n| --- | --- |\n| a | b |\n| c | d |").html
    assert html.count('<td data-label="who">') == 2
    assert '<td data-label="why">d</td>' in html
