"""Renders the project's SQL macros without dbt, so that a macro's test takes milliseconds."""

import re
from pathlib import Path
from types import SimpleNamespace

import jinja2

MACROS = Path(__file__).parents[2] / "macros"
FOLDERS = (
    *("cross_db", "project", "normalize", "harmonize", "customer", "activation", "statistics"),
    "suppression",
)
MODELS = MACROS.parent / "models"


class _Returned(Exception):
    """Carries the value of dbt's return() out of the macro, as dbt itself does."""

    def __init__(self, value):
        self.value = value


def macro_renderer(engine="duckdb", dbt_context=None, **project_vars):
    """Return a function that renders a Jinja expression such as "normalize_phone('x')" to SQL.

    engine: prefix of the dispatched bodies to use. dbt_context: what dbt hands to a model (model,
    graph, this, ref, ...), where a macro needs it. project_vars: values of dbt vars.
    """
    variables = {"default_country_code": "ES", **project_vars}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701

    def returning(macros, name):
        def call(*args, **kwargs):
            try:
                return macros[name](*args, **kwargs)
            except _Returned as returned:
                return returned.value

        return call

    def dispatch(name):
        return environment.globals.get(
            f"{engine}__{name}", environment.globals.get(f"default__{name}")
        )

    def leave(value):
        raise _Returned(value)

    def refuse(message):
        raise ValueError(message)

    environment.globals.update(
        {
            "adapter": SimpleNamespace(dispatch=dispatch, type=lambda: engine),
            "var": lambda name, default=None: variables.get(name, default),
            "return": leave,
            "modules": SimpleNamespace(re=re),
            "exceptions": SimpleNamespace(raise_compiler_error=refuse),
            **(dbt_context or {}),
        }
    )
    # The prefix keeps a call inside a file from finding the bare macro: all go through globals.
    sources = [
        re.sub(r"{%(-?) macro ", r"{%\1 macro dbt_macro__", path.read_text())
        for folder in FOLDERS
        for path in sorted((MACROS / folder).glob("*.sql"))
    ]
    macros = {}
    for source in sources:
        for name in re.findall(r"macro dbt_macro__(\w+)\(", source):
            environment.globals[name] = returning(macros, name)
    for source in sources:
        for name, macro in vars(environment.from_string(source).make_module()).items():
            macros[name.removeprefix("dbt_macro__")] = macro

    def render(expression):
        return environment.from_string("{{ " + expression + " }}").render()

    render.template = environment.from_string
    return render


def model_renderer(**project_vars):
    """Return a function that renders a model, such as "marts/loyalty/fct_loyalty_ledger", to SQL.

    A ref() gives the bare name of the model: the test makes the tables. project_vars: as
    macro_renderer; as_of is among them for a model that asks for the time. incremental=True
    renders what an incremental run would insert into the table of the model's name.
    """
    context = {"ref": lambda name: name, "config": lambda **settings: ""}
    render = macro_renderer(dbt_context=context, **project_vars)

    def render_model(path, incremental=False):
        model = render.template((MODELS / f"{path}.sql").read_text())
        return model.render(is_incremental=lambda: incremental, this=Path(path).name)

    return render_model
