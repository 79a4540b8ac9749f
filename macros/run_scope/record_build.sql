{#- The record of builds: audit.builds has one row per dbt invocation that can change tables. The quality
    gate and the publication refer to its build_id, and both refuse a build that is not 'success'.
    A killed build stays 'running', which nothing takes for a success.
    audit.publications has one row per publication; orchestration/publish.py adds it. -#}
{% macro record_build_start() -%}
    {%- if execute and flags.WHICH in build_commands() -%}
        {{ return(adapter.dispatch('record_build_start')()) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__record_build_start() -%}
    {{ raise_unsupported_adapter('record_build_start') }}
{%- endmacro %}

{% macro duckdb__record_build_start() -%}
    create schema if not exists audit;
    create table if not exists audit.builds (
        build_id varchar primary key,
        command varchar not null,
        is_partial boolean not null,
        is_full_refresh boolean not null,
        as_of timestamp not null,
        status varchar not null,
        started_at timestamp not null,
        finished_at timestamp
    );
    create table if not exists audit.build_nodes (
        build_id varchar not null,
        node_id varchar not null,
        status varchar not null,
        seconds double not null,
        message varchar
    );
    create table if not exists audit.publications (
        build_id varchar not null,
        version varchar not null,
        published_at timestamp not null
    );
    insert into audit.builds (
        build_id, command, is_partial, is_full_refresh, as_of, status, started_at
    ) values (
        '{{ invocation_id }}',
        '{{ flags.WHICH }}',
        {{ 'true' if invocation_args_dict.get('select') or invocation_args_dict.get('selector') else 'false' }},
        {{ 'true' if flags.FULL_REFRESH else 'false' }},
        {{ as_of() }},
        'running',
        cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
    );
{%- endmacro %}

{#- Nothing is published from Spark, and its file tables take no update. -#}
{% macro spark__record_build_start() -%}
{%- endmacro %}

{% macro record_build_end(results) -%}
    {%- if execute and flags.WHICH in build_commands() -%}
        {{ return(adapter.dispatch('record_build_end')(results)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__record_build_end(results) -%}
    {{ raise_unsupported_adapter('record_build_end') }}
{%- endmacro %}

{% macro duckdb__record_build_end(results) -%}
    {%- set bad = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'runtime error', 'partial success']) | list -%}
    {%- for chunk in results | batch(200) %}
    insert into audit.build_nodes (build_id, node_id, status, seconds, message) values
        {%- for result in chunk %}
        (
            '{{ invocation_id }}',
            '{{ result.node.unique_id }}',
            '{{ result.status }}',
            {{ '%.3f' | format(result.execution_time) }},
            '{{ (result.message or '') | string | truncate(500) | replace("'", "''") }}'
        ){{ ',' if not loop.last else ';' }}
        {%- endfor %}
    {%- endfor %}
    update audit.builds
    set
        status = '{{ 'failed' if bad else 'success' }}',
        finished_at = cast('{{ modules.datetime.datetime.now(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
    where build_id = '{{ invocation_id }}';
{%- endmacro %}

{% macro spark__record_build_end(results) -%}
{%- endmacro %}

{#- The dbt commands that can change tables. -#}
{% macro build_commands() -%}
    {{ return(['build', 'run', 'seed', 'snapshot', 'retry', 'clone']) }}
{%- endmacro %}
