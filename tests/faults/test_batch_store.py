"""Workbooks that go to an object store: a local S3 server, with everything that may be wrong with one."""

from __future__ import annotations

import csv
import gc
import warnings
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from support import DAY, Ran, copy_tiny

from workbook_builder.batch import Outcome, building
from workbook_builder.batch.building import build
from workbook_builder.batch.ledger import FILE, Ledger
from workbook_builder.batch.reaching import Unsafe
from workbook_builder.batch.running import Desk, run_batch
from workbook_builder.batch.source import read_clients
from workbook_builder.batch.store import Store, check_url
from workbook_builder.errors import CannotWrite
from workbook_builder.folders import find_folders
from workbook_builder.pipeline import Order, Stock

pytest.importorskip("s3fs")
server = pytest.importorskip("moto.server")

URL = "s3://workbooks/november"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A local S3 server."""
    one = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    one.start()
    yield "http://{}:{}".format(*one.get_host_and_port())
    one.stop()


@pytest.fixture
def fs(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The server's file system with an empty bucket, for a test that looks at what was put; nothing is remembered."""
    import s3fs

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing-only")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    s3fs.S3FileSystem.clear_instance_cache()
    fs = s3fs.S3FileSystem(skip_instance_cache=True)
    if fs.exists("workbooks"):
        fs.rm("workbooks", recursive=True)
    fs.mkdir("workbooks")
    yield fs
    s3fs.S3FileSystem.clear_instance_cache()
    with warnings.catch_warnings():  # s3fs lets go of its connections without a word
        warnings.simplefilter("ignore", ResourceWarning)
        del fs
        gc.collect()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The small practice with three clients."""
    home = copy_tiny(tmp_path / "practice")
    (home / "clients").mkdir()
    text = (home / "profile.yaml").read_text(encoding="utf-8")
    for name in ("a-1", "b-2", "c-3"):
        (home / "clients" / f"{name}.yaml").write_text(text.replace("tiny-2026", name), encoding="utf-8")
    return home


def manifest(fs: Any) -> dict[str, str]:
    """Each client's status in the manifest."""
    rows = csv.DictReader(StringIO(fs.cat_file("workbooks/november/manifest.csv").decode()))
    return {row["id"]: row["status"] for row in rows}


def answer(pdf: bytes) -> bytes:
    """Type into the first text field of a PDF."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        field = next(field for field in opened.Root.AcroForm.Fields if field.get("/FT") == "/Tx")
        field.V = pikepdf.String("an answer")
        opened.save(out)
    return out.getvalue()


def test_batch_into_a_store(fs: Any, home: Path, workbook: Callable[..., Ran]) -> None:
    """The command: PDFs, manifest and report are put; the second run makes nothing; what was altered or deleted is
    made again, and what was typed into is left alone. Only ledger and passphrases lie on this machine."""
    command = ("batch", home / "clients", "--practice", home, "--out", URL, "--workers", "1", "--no-verify")
    ran = workbook(*command, "--passwords", "generate", "--companion", "--date", "2026-11-23")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == [f"{URL}/manifest.csv", f"{URL}/report.html"]
    names = sorted(path.removeprefix("workbooks/november/") for path in fs.find("workbooks"))
    assert [name for name in names if not name.startswith("companions/")] == [
        "a-1.pdf", "b-2.pdf", "c-3.pdf", "manifest.csv", "report.html",
    ]  # fmt: skip
    assert [name for name in names if name.startswith("companions/")] == [
        f"companions/{name}-companion.pdf" for name in ("a-1", "b-2", "c-3")
    ]
    lines = (home / "passwords-november-2026-11-23.csv").read_text(encoding="utf-8").splitlines()[1:]
    phrases = dict(line.split(",") for line in lines)
    first = {name: fs.cat_file(f"workbooks/november/{name}.pdf") for name in ("a-1", "b-2", "c-3")}
    for name, pdf in first.items():
        with pikepdf.open(BytesIO(pdf), password=phrases[name]) as opened:
            assert len(opened.pages) > 10
    assert not list(home.rglob("*.pdf")) and "testing-only" not in ran.err
    assert len(list(home.glob(".store-*"))) == 2  # of workbooks and companions
    ran = workbook(*command, "--passwords", "generate", "--companion")
    assert ran.code == 0, ran.err
    assert set(manifest(fs).values()) == {"unchanged"}
    assert {name: fs.cat_file(f"workbooks/november/{name}.pdf") for name in first} == first


def run(home: Path, monkeypatch: pytest.MonkeyPatch, accident: Callable[[str], None] = lambda name: None) -> Any:
    """Run a batch into the store in this process, with pages that cost nothing."""
    folders = find_folders(home)
    stock, asked = Stock(folders), list[str]()

    class Engine:
        """Answers one job after the other."""

        def run(self, jobs: Any) -> Iterator[Outcome]:
            """See batch.Engine."""
            for job in jobs:
                asked.append(job.client.id)
                accident(job.client.id)
                yield Outcome(job, "done", build(job, stock, None))  # type: ignore[arg-type]

        def close(self) -> None:
            """Nothing runs."""

    monkeypatch.setattr(building, "print_workbook", lambda draft, typesetter: (small_pdf(draft.client), 3))
    with Store(URL, folders) as store, Ledger(store.folder / FILE) as ledger:
        order = Order(DAY, DAY, verify=False)
        rows = run_batch(read_clients(home / "clients")[0], Desk(folders, order, store, ledger), Engine(), 1)
    return {row.id: row.status for row in rows}, asked


def small_pdf(client: str, value: str = "") -> bytes:
    """A PDF with one field."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        entry = pikepdf.Dictionary(FT=pikepdf.Name("/Tx"), T=pikepdf.String(client), V=pikepdf.String(value))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(entry)]))
        pdf.save(out, static_id=True)
    return out.getvalue()


def test_what_is_made_again(fs: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Altered and deleted objects are made again; answers are kept, and so is what cannot be looked into."""
    assert set(run(home, monkeypatch)[0].values()) == {"made"}
    whole = fs.cat_file("workbooks/november/a-1.pdf")
    fs.pipe_file("workbooks/november/a-1.pdf", small_pdf("a-1", "") + b"%altered\n")
    fs.rm("workbooks/november/b-2.pdf")
    typed = answer(fs.cat_file("workbooks/november/c-3.pdf"))
    fs.pipe_file("workbooks/november/c-3.pdf", typed)
    assert run(home, monkeypatch)[0] == {"a-1": "made", "b-2": "made", "c-3": "kept-answers"}
    assert fs.cat_file("workbooks/november/a-1.pdf") == whole
    assert fs.cat_file("workbooks/november/c-3.pdf") == typed
    fs.pipe_file("workbooks/november/c-3.pdf", b"no PDF")
    assert run(home, monkeypatch)[0] == {"a-1": "unchanged", "b-2": "unchanged", "c-3": "kept-answers"}


def test_second_batch_is_told(fs: Any, home: Path) -> None:
    """Two batches of one practice at one address: the second does nothing."""
    folders = find_folders(home)
    with Store(URL, folders), pytest.raises(CannotWrite, match="another batch"):
        Store(f"{URL}/", folders)
    Store(URL, folders).__exit__(None, None, None)


def test_store_that_refuses(fs: Any, home: Path, monkeypatch: pytest.MonkeyPatch, workbook: Callable[..., Ran]) -> None:
    """No bucket, nobody there: exit 5, one line, before anything is made; the line holds no key."""
    command = ("batch", home / "clients", "--practice", home, "--out")
    ran = workbook(*command, "s3://nowhere/november")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (5, "", 1), ran.err
    assert "no such bucket" in ran.err and "testing-only" not in ran.err
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    clear()
    ran = workbook(*command, URL)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (5, "", 1), ran.err
    assert "cannot be reached" in ran.err


def test_store_is_lost_in_the_middle(fs: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bucket goes away while the second client is made: what was put stays whole; the next run goes on."""

    def lose(name: str) -> None:
        if name == "b-2":
            fs.mv("workbooks/november/a-1.pdf", "elsewhere/a-1.pdf")
            fs.rm("workbooks", recursive=True)

    fs.mkdir("elsewhere")
    with pytest.raises(CannotWrite, match="no such bucket"):
        run(home, monkeypatch, lose)
    fs.mkdir("workbooks")
    fs.mv("elsewhere/a-1.pdf", "workbooks/november/a-1.pdf")
    assert run(home, monkeypatch) == ({"a-1": "unchanged", "b-2": "made", "c-3": "made"}, ["a-1", "b-2", "c-3"])
    fs.rm("elsewhere", recursive=True)


@pytest.mark.parametrize(
    "url", ["ftp://host/x", "file:///tmp/x", "s3://", "s3://key:secret@bucket/x", "s3://bucket/x?key=1", "http://h/x"]
)
def test_addresses_that_are_none(home: Path, workbook: Callable[..., Ran], url: str) -> None:
    """Other kinds of address, and those that hold a key, are wrong usage; the key is not repeated."""
    ran = workbook("batch", home / "clients", "--practice", home, "--out", url)
    assert ran.code == 2 and ran.out == "" and "secret" not in ran.err
    assert not list(home.glob(".store-*"))


def test_way_without_encryption(
    fs: Any, home: Path, monkeypatch: pytest.MonkeyPatch, workbook: Callable[..., Ran]
) -> None:
    """A store elsewhere is reached with TLS, or not at all; rights for everybody are refused."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://store.example:9000")
    clear()
    ran = workbook("batch", home / "clients", "--practice", home, "--out", URL)
    assert ran.code == 2 and "--force-insecure" in ran.err
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://store.example")
    from fsspec.config import conf

    monkeypatch.setitem(conf, "s3", {"s3_additional_kwargs": {"ACL": "public-read"}})
    clear()
    with pytest.raises(Unsafe, match="everybody"):
        Store(URL, find_folders(home))
    assert check_url("s3://bucket/a/") == "s3://bucket/a"


def test_without_the_package(home: Path, monkeypatch: pytest.MonkeyPatch, workbook: Callable[..., Ran]) -> None:
    """One line that names what to install."""
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    ran = workbook("batch", home / "clients", "--practice", home, "--out", URL)
    assert (ran.code, len(ran.err.splitlines())) == (5, 1)
    assert "workbook-builder[object-store]" in ran.err
    ran = workbook("batch", home / "clients", "--practice", home, "--out", "gs://bucket/x")
    assert ran.code == 5 and "gcsfs" in ran.err


def clear() -> None:
    """Let s3fs forget its settings."""
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
