"""Every message that an error of this library can carry, read from the code that raises it."""
# ruff: noqa: INP001 - the documentation is no package

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from inspect import getdoc
from pathlib import Path

from attrs import frozen

import compliant_sms
from compliant_sms import errors

__all__ = ["REMEDIES", "Said", "page_of", "remedy_of", "said"]

SOURCE = Path(compliant_sms.__file__).parent
_KINDS = {
    name: kind
    for name in errors.__all__
    if isinstance(kind := getattr(errors, name), type) and issubclass(kind, BaseException)
}
# What these rooms raise, whoever builds on them meets in their own tests only.
_NOT_FOR_USERS = ("sandbox", "testing")


_ON_THE_COMMAND_LINE = {"BadParameter", "ClickException", "UsageError"}

REMEDIES = {
    "InvalidSignature": "Nothing was changed, and the provider is answered with 403. If the "
    "callback is real, compare the secret, the public URL and the clock with the provider's "
    "console: `compliant-sms doctor` looks at all three.",
    "WebhookRejected": "Nothing was changed. The provider is answered with `status`, and calls "
    "again where that is 5xx, some only if you configure it. If real callbacks are refused, "
    "compare the address and the proxy with [Receive webhooks](../how-to/receive-webhooks.md).",
    "NeedsCertificate": "Nothing to do: the library fetches it, and asks again.",
    "LedgerTampered": "Stop writing, keep the database as it is, and compare it with a backup and "
    "a checkpoint: [Prove the ledger](../how-to/verify-the-ledger.md).",
    "RecordAltered": "As for `LedgerTampered`.",
    "NoAnswer": "Nothing to do: the text is uncertain, and `reconcile()` looks it up.",
    "RequestNotSent": "Nothing to do: the text stays due, and is tried again. If it lasts, look "
    "at the network, and at the provider's address.",
    "ReplyTooLarge": "Nothing to do: what is too large is not kept. The provider still has it.",
    "MissingExtra": "Run the command in the message.",
    "StoreBusy": "Try again: nothing was recorded.",
    "StoreError": "Nothing was recorded. Mend the database, and try again.",
    "CannotUnseal": "Pass the keyring that sealed the records. If you do, the bytes were changed: "
    "restore a backup.",
    "StoreReadOnly": "Let the program write: the folder, the file, or the user of the database.",
    "InvalidCheckpoint": "Use the checkpoint, and the key, that were kept for this practice.",
}
"""What to do about errors that say so by their class, whatever their words."""

# What is wrong with a file that the library brings along is nothing that a user did.
_OWN_DATA = ("optout/", "phi/", "phrases/", "text/_smart_encoding.py", "providers/_codes.py")
_REINSTALL = "A file of the library is damaged: install compliant-sms again."


@frozen(order=True)
class Said:
    """A message, and the error that carries it.

    Attributes:
        error: the name of the class.
        words: the message; what is filled in stands as an ellipsis.
        file: where it is raised.
        line: in which line.
    """

    error: str
    words: str
    file: str
    line: int


@cache
def said() -> tuple[Said, ...]:
    """All of them, by class and words."""
    files = [
        path
        for path in sorted(SOURCE.rglob("*.py"))
        if path.relative_to(SOURCE).parts[0] not in _NOT_FOR_USERS
    ]
    return tuple(sorted({each for path in files for each in _File(path)}))


class _File:
    """The messages of one file."""

    def __init__(self, path: Path) -> None:
        self._name = path.relative_to(SOURCE).as_posix()
        self._tree = ast.parse(path.read_text("utf-8"))
        self._constants = {**_imported(self._tree), **_constants(self._tree)}

    def __iter__(self) -> Iterator[Said]:
        for scope in ast.walk(self._tree):
            if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
                yield from self._within(scope)

    def _within(self, scope: ast.AST) -> Iterator[Said]:
        """What a scope raises: for a name, what it was given since the raise before."""
        own = sorted(_own(scope), key=lambda node: getattr(node, "lineno", 0))
        texts: dict[str, list[ast.expr]] = {}
        raised: set[str] = set()
        for node in own:
            if isinstance(node, ast.Tuple):  # an error and its words, kept in a table
                yield from self._paired(node)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if name in raised:
                    raised.discard(name)
                    texts[name] = []
                texts.setdefault(name, []).append(node.value)
            elif isinstance(node, ast.Call) and (kind := _kind(node)):
                for argument in node.args[kind == "MissingExtra" :]:
                    raised |= {argument.id} if isinstance(argument, ast.Name) else set()
                    for words in self._words(argument, texts):
                        yield Said(kind, words, self._name, node.lineno)

    def _paired(self, node: ast.Tuple) -> Iterator[Said]:
        first, *others = node.elts or [node]
        kind = first.id if isinstance(first, ast.Name) else ""
        if kind in _KINDS:
            for other in others:
                for words in self._words(other, {}):
                    yield Said(kind, words, self._name, node.lineno)

    def _words(self, node: ast.expr, texts: dict[str, list[ast.expr]]) -> Iterator[str]:
        if isinstance(node, ast.Name):
            constant = self._constants.get(node.id)
            for each in texts.get(node.id) or ([constant] if constant else []):
                if not isinstance(each, ast.Name):
                    yield from self._words(each, {})
        elif isinstance(node, ast.IfExp):
            yield from self._words(node.body, texts)
            yield from self._words(node.orelse, texts)
        elif (words := _text(node)) and " " in words:
            yield " ".join(words.split())


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


@cache
def _constants_of(file: Path) -> dict[str, ast.expr]:
    return _constants(ast.parse(file.read_text("utf-8")))


def _imported(tree: ast.Module) -> dict[str, ast.expr]:
    """The constants that a file has from private files of the library."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and "._" in (node.module or ""):
            file = SOURCE.parent / f"{(node.module or '').replace('.', '/')}.py"
            known = _constants_of(file) if file.exists() else {}
            for alias in node.names:
                if alias.name in known:
                    found[alias.asname or alias.name] = known[alias.name]
    return found


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of functions inside of it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _own(child)


def _kind(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name if name in {*_KINDS, *_ON_THE_COMMAND_LINE} else None


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) or "\u2026" for value in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return ""


def remedy_of(each: Said) -> str:
    """What to do, where the words leave that to the class; empty where they say it themselves."""
    if each.error == "ConfigurationError" and each.file.startswith(_OWN_DATA):
        return _REINSTALL
    return REMEDIES.get(each.error, "")


# Where findings are made: of the rules, of the pause switch, of templates that are missing.
_FINDINGS = (
    "rules/_rules*.py",
    "rules/_exemption.py",
    "volume/_pause.py",
    "flows/_deciding/_prepared.py",
)


def finding_words() -> dict[str, tuple[str, ...]]:
    """What findings say and advise, by what the file that makes them is about."""
    found = {}
    for file in sorted(file for pattern in _FINDINGS for file in SOURCE.glob(pattern)):
        tree = ast.parse(file.read_text("utf-8"))
        parts = {*_sentences(tree)} - {*_docstrings(tree)}
        if parts:
            about = (ast.get_docstring(tree) or "").partition("\n")[0].removesuffix(".")
            found[about] = tuple(sorted(parts))
    return found


def _docstrings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield " ".join(str(node.value.value).split())


def _sentences(node: ast.AST) -> Iterator[str]:
    """The texts in the code that are sentences, each as a whole."""
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
        text = " ".join(_text(node).split())
        if " " in text and "." in text and text.endswith((".", "\u2026")) and text[0].isupper():
            yield text
        return
    for child in ast.iter_child_nodes(node):
        yield from _sentences(child)


_ABOUT = """\
Every message that an error of the library can carry, or the command line can show. An ellipsis \
stands for what is filled in: never a body, a full number or a name. What rules say of a text is \
no error, and comes back as a `Finding`; [its words and remedies](#what-findings-say) stand last. \
[The rules](rules.md) have a page of their own."""
_ABOUT_FINDINGS = """\
What `words` and `remedy` of a finding can be, by what the rule is about. Every finding that \
holds or blocks has a remedy."""


def page_of(table: Callable[[Iterable[str], Iterable[Iterable[object]]], str]) -> str:
    """The page: a part for each class, with what it means, what to do, and all its messages."""
    parts = [_ABOUT]
    found = said()
    for name in sorted({each.error for each in found}):
        own = [each for each in found if each.error == name]
        parts.append(f"## `{name}`")
        parts.append(_meaning(name))
        if name in REMEDIES:
            parts.append(f"**What to do:** {REMEDIES[name]}")
        words = sorted({each.words for each in own})
        parts.append(table(("message",), ((each,) for each in words)))
    parts += ["## What findings say", _ABOUT_FINDINGS]
    for about, words in finding_words().items():
        parts += [f"### {about}", table(("words or remedy",), ((each,) for each in words))]
    return "\n\n".join(parts)


def _meaning(name: str) -> str:
    if name in _ON_THE_COMMAND_LINE:
        return "The command line cannot be understood, or the command cannot do it."
    first = (getdoc(_KINDS[name]) or "").partition("\n\n")[0]
    return " ".join(first.split()).replace("``", "`")
