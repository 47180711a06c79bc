"""The command line itself: the commands, their arguments and their help. What each does is imported as it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from jero._cli.console import standard_error, standard_output
from jero._cli.stops import Exit

if TYPE_CHECKING:
    from jero._cli.rehearsal import Rehearsal

type Server = Literal["native", "granian", "uvicorn"]
type LogLevel = Literal["critical", "error", "warning", "info", "debug"]

_AppArgument = Annotated[str | None, Parameter(help="The app as module:attribute.")]


def make_command_line() -> App:
    """Make the command line: its commands return exit codes."""
    console = standard_output()
    app = App(
        name="jero",
        help="Serve, check and show jero apps. APP is module:attribute; without it, [tool.jero] app or what is found.",
        version=_version,
        version_flags=["--version"],
        console=console,
        error_console=standard_error(),
        help_format="plaintext",
        help_formatter="default" if console.is_terminal else "plain",
        result_action="return_value",
        print_error=False,
        exit_on_error=False,
    )
    for command in (run, check, routes, explain, new):
        app.command(command)
    return app


def run(  # noqa: PLR0913 - each is an option of the command
    app: _AppArgument = None,
    *,
    host: Annotated[str, Parameter(help="The address to listen at; 0.0.0.0 is all of IPv4.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port to listen at; 0 is any that is free.")] = 8000,
    uds: Annotated[Path | None, Parameter(help="A Unix socket to listen at, in place of host and port.")] = None,
    server: Annotated[Server, Parameter(help="jero's own server, or another that is installed.")] = "native",
    workers: Annotated[int, Parameter(help="How many processes serve.")] = 1,
    reload: Annotated[bool, Parameter(help="Start again when a file changes: for development.", negative=())] = False,
    root_path: Annotated[str, Parameter(help="The prefix that a proxy has removed from the paths.")] = "",
    forwarded_allow_ips: Annotated[
        str | None, Parameter(help="The proxies whose X-Forwarded-For the access log believes; comma separated.")
    ] = None,
    timeout_graceful_shutdown: Annotated[
        int | None, Parameter(help="Seconds that requests have to finish as the server ends; no limit by default.")
    ] = None,
    timeout_keep_alive: Annotated[
        int | None, Parameter(help="Seconds that a connection is kept between two requests; 5 by default.")
    ] = None,
    limit_concurrency: Annotated[
        int | None, Parameter(help="Connections or requests at once in a process; beyond, 503 (granian: they wait).")
    ] = None,
    limit_max_requests: Annotated[
        int | None, Parameter(help="Requests after which a process ends; with several workers, another follows.")
    ] = None,
    log_config: Annotated[Path | None, Parameter(help="A file that says what is logged where, as JSON.")] = None,
    log_level: Annotated[LogLevel | None, Parameter(help="The least that is logged; info by default.")] = None,
    access_log: Annotated[bool, Parameter(help="Log every request.")] = False,
) -> int:
    """Serve an app."""
    from jero._cli.serve import serve  # noqa: PLC0415 - only this command serves
    from jero._cli.servers import Serving  # noqa: PLC0415 - the same

    serving = Serving(
        server=server,
        host=host,
        port=port,
        uds=uds,
        workers=workers,
        reload=reload,
        root_path=root_path,
        forwarded_allow_ips=forwarded_allow_ips,
        timeout_graceful_shutdown=timeout_graceful_shutdown,
        timeout_keep_alive=timeout_keep_alive,
        limit_concurrency=limit_concurrency,
        limit_max_requests=limit_max_requests,
        log_config=log_config,
        log_level=log_level,
        access_log=access_log,
    )
    return serve(app, serving, Path.cwd())


def check(
    app: _AppArgument = None,
    *,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["text", "json", "github"],
        Parameter(help="For people, for programs, or as annotations of a GitHub workflow."),
    ] = "text",
) -> int:
    """Wire an app without opening anything, and print every wiring fault.

    Exit codes: 0, the app is fine; 1, it has faults, or cannot be imported or checked; 2, it was asked for wrongly.
    """
    from jero._cli.reports import Report, print_report  # noqa: PLC0415 - what only this command needs

    name, rehearsal = _rehearse(app)
    count = None if rehearsal.plan is None else len(rehearsal.plan.operations)
    report = Report(name, count, rehearsal.faults, rehearsal.obstacles)
    print_report(report, format, standard_output())
    return Exit.FINE if report.is_fine else Exit.FAILED


def routes(
    app: _AppArgument = None,
    *,
    json: Annotated[bool, Parameter(help="As JSON, with sources, refs, tags and places.", negative=())] = False,
) -> int:
    """List the operations of an app."""
    from jero._cli.routes import print_json, print_table, rows_of  # noqa: PLC0415 - what only this command needs

    name, rehearsal = _rehearse(app)
    if rehearsal.plan is None:
        return _refuse(name, rehearsal)
    rows = rows_of(rehearsal.plan)
    (print_json if json else print_table)(rows, standard_output())
    return Exit.FINE


def explain(
    *words: Annotated[str, Parameter(help="METHOD /path, /path, Class.method, or the code of a wiring fault.")],
    app: _AppArgument = None,
    source: Annotated[
        Literal["asgi", "rsgi", "native"] | None, Parameter(help="The edge whose source is shown as well.")
    ] = None,
) -> int:
    """Show what wiring has decided about an operation, or the page of a wiring fault.

    As in `jero explain POST /widgets`, `jero explain /widgets/1`, `jero explain Widgets.create` and
    `jero explain JERO-W101`; the app may stand among the words.
    """
    from jero._cli.lookup import read_question  # noqa: PLC0415 - what only this command needs

    question = read_question(words)
    if question.code is not None:
        return _show_page(question.code)
    from jero._cli.explanation import explain_plan  # noqa: PLC0415 - the same
    from jero._cli.lookup import find_operations  # noqa: PLC0415 - the same
    from jero._cli.show import print_explanation, print_source  # noqa: PLC0415 - the same

    name, rehearsal = _rehearse(app or question.app)
    if rehearsal.plan is None:
        return _refuse(name, rehearsal)
    console = standard_output()
    for number, plan in enumerate(find_operations(question, rehearsal.plan.operations)):
        if number:
            console.print("\n")
        print_explanation(plan, explain_plan(plan, rehearsal.plan), console)
        if source is not None:
            from jero._cli.edge_source import edge_source  # noqa: PLC0415 - imports the edges

            print_source(edge_source(plan, source), source, console)
    return Exit.FINE


def new(name: Annotated[str, Parameter(help="The folder to make, which gives the project its name.")]) -> int:
    """Begin a project: a factory, a resource, tests, a Dockerfile and a CI workflow."""
    from jero._cli.project import make_project  # noqa: PLC0415 - what only this command needs

    made = make_project(Path(name))
    console = standard_output()
    lines = [f"{made.folder}: {len(made.files)} files", *(f"  {file}" for file in made.files)]
    lines += ["", "Go on with:", *(f"  {step}" for step in made.next_steps)]
    console.print("\n".join(lines), soft_wrap=True)
    return Exit.FINE


def _rehearse(argument: str | None) -> "tuple[str, Rehearsal]":
    """Import the app with everything that it would open stood in for, and wire it."""
    from jero._cli.loading import load_app  # noqa: PLC0415 - `jero --help` imports no app
    from jero._cli.rehearsal import Rehearsal, rehearse, rehearsing  # noqa: PLC0415 - the same
    from jero.errors import WiringError  # noqa: PLC0415 - the same

    with rehearsing():
        try:
            target, app = load_app(argument, Path.cwd())
        except WiringError as error:  # of the factory, the limits or the environment, as the app is constructed
            return argument or "the app", Rehearsal(None, error.faults)
        return str(target), rehearse(app)


def _refuse(name: str, rehearsal: "Rehearsal") -> int:
    from jero._cli.reports import Report, print_report  # noqa: PLC0415 - needed where an app is not fine

    print_report(Report(name, None, rehearsal.faults, rehearsal.obstacles), "text", standard_error())
    return Exit.FAILED


def _show_page(code: str) -> int:
    from jero._cli.catalogue import page_of  # noqa: PLC0415 - what only this question needs

    console, page = standard_output(), page_of(code)
    if console.is_terminal and console.color_system is not None:
        from rich.markdown import Markdown  # noqa: PLC0415 - imports a parser of Markdown

        console.print(Markdown(page))
    else:
        console.print(page.rstrip(), soft_wrap=True)
    return Exit.FINE


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - slow, and asked for seldom

    return version("jero")
