"""The frame, the parts and the style of the mail viewer's pages."""

FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a href="/">Local mail</a> <span>Nothing here was delivered to anybody.</span></header>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""

PARTS = {
    "list": """<p>{count} kept, the newest first. <a href="/">Reload</a></p>
<div class="wide"><table>
<thead><tr><th scope="col">Subject</th><th scope="col">From</th><th scope="col">To</th>
<th scope="col">Date</th></tr></thead>
<tbody>{rows}</tbody>
</table></div>
{note}""",
    "mail": """<dl>{headers}</dl>
<pre>{text}</pre>
<p><a href="/raw/{raw}">The whole mail as it came</a></p>""",
    "error": """<p><a href="/">All mails</a></p>""",
}

STYLE = """:root { color-scheme: light dark; --line: #8885; --quiet: #777; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; }
header { padding: .75rem 1.25rem; border-bottom: 1px solid var(--line); }
header a { font-weight: 600; margin-right: 1rem; }
main { max-width: 75rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.35rem; line-height: 1.3; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top; }
tr { border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; min-width: 8rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; font-size: .95rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def page(title: str, part: str, **values: object) -> str:
    """A whole page. ``title`` and ``values`` are HTML already: the caller escapes."""
    return FRAME.format(title=title, content=PARTS[part].format(**values))
