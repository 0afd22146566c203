"""Texts that must not become anything but text, whatever they are put into."""

HOSTILE = (
    '</text><script>alert(1)</script>"]; \\N \\" | {x} `y` ```\n```js\n$z$ <b> & \x1b[31m\x07 \u202e \u0000 \ud7ff '
    "end --> ]]> <!-- %%{init: {}}%% \u2028 \ufffe [a](javascript:b) @team :::bad \U0001f3ac"
)


def tools_missing(*names):
    """Why a test that needs these programs is skipped, or None."""
    import shutil

    missing = [name for name in names if not shutil.which(name)]
    return "%s: not installed (scripts/setup.sh)" % ", ".join(missing) if missing else None
