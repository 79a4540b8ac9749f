{#- Materialisation connected_components: the model's SQL yields the edges of an undirected graph in two
    columns, node_a and node_b (integer or string; an edge from a node to itself declares a node that may
    have no other edge; rows with a NULL end are left out). The table that results has one row per node:
    node, component (the least node of the component), both of the type that came in.

    Method: contraction. In each round every vertex hooks to the least vertex of its closed neighbourhood,
    the hooks are shortened by pointer jumping, and the edges are rewritten to the vertices that remain.
    Vertex numbers are renumbered before every round by an affine bijection modulo a prime, so that no
    order of the input is a bad one: chains, stars and grids all shrink by a constant factor a round. When
    no edge is left, the hooks are composed backwards.
    A round past the bound (config meta max_rounds) is an error, never a wrong label.

    Working tables are real ones (<model>__cc_<step>) because Spark has no temporary tables; they are
    dropped at the end, and those that a killed run left behind are dropped at the start. -#}
{% materialization connected_components, adapter='duckdb', supported_languages=['sql'] %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(
        target_relation, 'table' if existing_relation is none else existing_relation.type
    ) -%}
    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set labels = contract_graph(target_relation, sql) -%}
    {% call statement('main') -%}
        {{ create_table_as(False, intermediate_relation, labels) }}
    {%- endcall %}
    {%- do drop_graph_tables(target_relation) -%}

    {% if existing_relation is not none %}
        {{ adapter.rename_relation(existing_relation, backup_relation) }}
    {% endif %}
    {{ adapter.rename_relation(intermediate_relation, target_relation) }}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup_relation) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization connected_components, adapter='spark', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = adapter.get_relation(
        database=database, schema=schema, identifier=model['alias']
    ) -%}

    {{ run_hooks(pre_hooks) }}
    {%- set labels = contract_graph(target_relation, sql) -%}
    {% if existing_relation is not none %}
        {{ adapter.drop_relation(existing_relation) }}
    {% endif %}
    {% call statement('main') -%}
        {{ create_table_as(False, target_relation, labels) }}
    {%- endcall %}
    {%- do drop_graph_tables(target_relation) -%}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Contracts the graph round by round; gives the SELECT of (node, component) over the working tables. -#}
{% macro contract_graph(target_relation, edges_sql) -%}
    {%- set prime = 2147483647 -%}
    {%- set max_rounds = config.get('meta', {}).get('max_rounds', 100) -%}
    {%- do drop_graph_tables(target_relation) -%}

    {%- set edges = graph_table(target_relation, 'edges') -%}
    {%- do build_graph_table(edges, edges_sql) -%}

    {#- Vertices are numbers below the prime, in node order, so that the least vertex is the least node.
        Integer nodes that are such numbers already are taken as they are. -#}
    {%- set shape = run_query(
        'select min(node_a), min(node_b), max(node_a), max(node_b) from ' ~ edges
        ~ ' where node_a is not null and node_b is not null'
    ).rows[0] -%}
    {%- set is_numbered = (
        shape[0] is number
        and [shape[0], shape[1]] | min >= 0
        and [shape[2], shape[3]] | max < prime
    ) -%}
    {%- set vertices = graph_table(target_relation, 'vertices') -%}
    {%- do build_graph_table(vertices, graph_vertices_sql(edges, is_numbered)) -%}

    {#- Renumbering of each level: x -> (multiplier x + 1) mod prime. The multipliers are powers of a
        primitive root, so that neighbouring numbers end far apart. -#}
    {%- set state = namespace(round=0, edges_left=0) -%}
    {%- set multipliers = [1327217885] -%}
    {%- set level = graph_table(target_relation, 'level_0') -%}
    {%- do build_graph_table(
        level, graph_first_level_sql(edges, vertices, is_numbered, multipliers[0], prime)
    ) -%}
    {%- set state.edges_left = graph_edge_count(level) -%}

    {%- for round in range(max_rounds) if state.edges_left > 0 -%}
        {%- set k = state.round -%}
        {%- set level = graph_table(target_relation, 'level_' ~ k) -%}
        {%- set hooks = graph_table(target_relation, 'hooks_' ~ k) -%}
        {%- set next_level = graph_table(target_relation, 'level_' ~ (k + 1)) -%}
        {%- do multipliers.append((multipliers[k] * 48271) % prime) -%}
        {%- set direct = graph_table(target_relation, 'direct_' ~ k) -%}
        {%- do build_graph_table(direct, graph_hooks_sql(level)) -%}
        {%- do build_graph_table(hooks, graph_jump_sql(direct)) -%}
        {%- do drop_graph_table(direct) -%}
        {%- do build_graph_table(
            next_level, graph_next_level_sql(level, hooks, multipliers[k + 1], prime)
        ) -%}
        {%- do drop_graph_table(level) -%}
        {%- set state.edges_left = graph_edge_count(next_level) -%}
        {%- set state.round = k + 1 -%}
    {%- endfor -%}

    {%- if state.edges_left > 0 -%}
        {%- do drop_graph_tables(target_relation) -%}
        {{ exceptions.raise_compiler_error(
            'connected_components: ' ~ model.name ~ ' has ' ~ state.edges_left ~ ' edges left after '
            ~ state.round ~ ' rounds. Raise config meta max_rounds of the model.'
        ) }}
    {%- endif -%}
    {%- do log(
        'connected_components: ' ~ model.name ~ ' converged in ' ~ state.round ~ ' rounds, 0 edges left',
        info=true
    ) -%}

    {#- Backwards: the vertex of the last level that stands for each vertex of the level before. A vertex
        that has no edge at a level stands for itself from there on, renumbered to the last level. -#}
    {%- set carried = namespace(multiplier=1, offset=0) -%}
    {%- for step in range(state.round) -%}
        {%- set k = state.round - 1 - step -%}
        {%- set hooks = graph_table(target_relation, 'hooks_' ~ k) -%}
        {%- set stands = graph_table(target_relation, 'stands_' ~ k) -%}
        {%- set later = graph_table(target_relation, 'stands_' ~ (k + 1)) if step > 0 else none -%}
        {%- do build_graph_table(
            stands,
            graph_stands_sql(hooks, later, multipliers[k + 1], carried.multiplier, carried.offset, prime)
        ) -%}
        {%- do drop_graph_table(hooks) -%}
        {%- if later -%}
            {%- do drop_graph_table(later) -%}
        {%- endif -%}
        {%- set carried.offset = (carried.multiplier + carried.offset) % prime -%}
        {%- set carried.multiplier = (carried.multiplier * multipliers[k + 1]) % prime -%}
    {%- endfor -%}

    {{ return(graph_labels_sql(
        vertices,
        graph_table(target_relation, 'stands_0') if state.round > 0 else none,
        multipliers[0],
        prime,
    )) }}
{%- endmacro %}

{% macro graph_vertices_sql(edges, is_numbered) %}
    select
        node,
        {% if is_numbered %}cast(node as bigint){% else %}row_number() over (order by node) - 1{% endif %}
            as vertex
    from (
        select node_a as node from {{ edges }} where node_a is not null and node_b is not null
        union
        select node_b as node from {{ edges }} where node_a is not null and node_b is not null
    ) as nodes
{% endmacro %}

{% macro graph_first_level_sql(edges, vertices, is_numbered, multiplier, prime) %}
    select distinct
        least(end_a, end_b) as low,
        greatest(end_a, end_b) as high
    from (
        {%- if is_numbered %}
        select
            (cast(node_a as bigint) * {{ multiplier }} + 1) % {{ prime }} as end_a,
            (cast(node_b as bigint) * {{ multiplier }} + 1) % {{ prime }} as end_b
        from {{ edges }}
        where node_a <> node_b
        {%- else %}
        select
            (vertices_a.vertex * {{ multiplier }} + 1) % {{ prime }} as end_a,
            (vertices_b.vertex * {{ multiplier }} + 1) % {{ prime }} as end_b
        from {{ edges }} as edges
        inner join {{ vertices }} as vertices_a on edges.node_a = vertices_a.node
        inner join {{ vertices }} as vertices_b on edges.node_b = vertices_b.node
        where edges.node_a <> edges.node_b
        {%- endif %}
    ) as renumbered
{% endmacro %}

{#- Each vertex with the least vertex of its closed neighbourhood. -#}
{% macro graph_hooks_sql(level) %}
    select
        vertex,
        min(hook) as hook
    from (
        select high as vertex, low as hook from {{ level }}
        union all
        select low as vertex, low as hook from {{ level }}
    ) as neighbours
    group by vertex
{% endmacro %}

{#- Two pointer jumps: a hook of a hook of a hook. -#}
{% macro graph_jump_sql(direct) %}
    select
        near.vertex,
        far.hook
    from {{ direct }} as near
    inner join {{ direct }} as middle on near.hook = middle.vertex
    inner join {{ direct }} as far on middle.hook = far.vertex
{% endmacro %}

{% macro graph_next_level_sql(level, hooks, multiplier, prime) %}
    select distinct
        least(end_a, end_b) as low,
        greatest(end_a, end_b) as high
    from (
        select
            (hooks_low.hook * {{ multiplier }} + 1) % {{ prime }} as end_a,
            (hooks_high.hook * {{ multiplier }} + 1) % {{ prime }} as end_b
        from {{ level }} as edges
        inner join {{ hooks }} as hooks_low on edges.low = hooks_low.vertex
        inner join {{ hooks }} as hooks_high on edges.high = hooks_high.vertex
    ) as rewritten
    where end_a <> end_b
{% endmacro %}

{% macro graph_stands_sql(hooks, later, multiplier, carried_multiplier, carried_offset, prime) %}
    select
        renumbered.vertex,
        {% if later %}coalesce(later.stands_for, {% endif -%}
        (renumbered.hook * {{ carried_multiplier }} + {{ carried_offset }}) % {{ prime }}
        {%- if later %}){% endif %} as stands_for
    from (
        select
            vertex,
            (hook * {{ multiplier }} + 1) % {{ prime }} as hook
        from {{ hooks }}
    ) as renumbered
    {%- if later %}
    left join {{ later }} as later on renumbered.hook = later.vertex
    {%- endif %}
{% endmacro %}

{#- Least node of each group of vertices with one stand-in; a vertex without one is alone. -#}
{% macro graph_labels_sql(vertices, stands, multiplier, prime) %}
    {%- if not stands %}
    select
        node,
        node as component
    from {{ vertices }}
    {%- else %}
    select
        vertices.node,
        coalesce(least_nodes.node, vertices.node) as component
    from {{ vertices }} as vertices
    left join {{ stands }} as stands
        on (vertices.vertex * {{ multiplier }} + 1) % {{ prime }} = stands.vertex
    left join (
        select
            stands.stands_for,
            min(vertices.node) as node
        from {{ vertices }} as vertices
        inner join {{ stands }} as stands
            on (vertices.vertex * {{ multiplier }} + 1) % {{ prime }} = stands.vertex
        group by stands.stands_for
    ) as least_nodes
        on stands.stands_for = least_nodes.stands_for
    {%- endif %}
{% endmacro %}

{% macro graph_edge_count(level) -%}
    {{ return(run_query('select count(*) from ' ~ level).rows[0][0] | int) }}
{%- endmacro %}

{% macro graph_table(target_relation, step) -%}
    {{ return(target_relation.incorporate(
        path={'identifier': target_relation.identifier ~ '__cc_' ~ step}, type='table'
    )) }}
{%- endmacro %}

{% macro build_graph_table(relation, select_sql) -%}
    {%- do drop_graph_table(relation) -%}
    {%- do run_query('create table ' ~ relation ~ graph_table_format() ~ ' as ' ~ select_sql) -%}
{%- endmacro %}

{% macro drop_graph_table(relation) -%}
    {%- do run_query('drop table if exists ' ~ relation) -%}
{%- endmacro %}

{#- Drops every working table of the model, those of a killed run included. -#}
{% macro drop_graph_tables(target_relation) -%}
    {%- set prefix = (target_relation.identifier ~ '__cc_') | lower -%}
    {%- for name in graph_table_names(target_relation) if (name | lower).startswith(prefix) -%}
        {%- do drop_graph_table(
            target_relation.incorporate(path={'identifier': name}, type='table')
        ) -%}
    {%- endfor -%}
{%- endmacro %}

{#- Names of the tables in the schema of the relation, read from the engine and not from dbt's cache. -#}
{% macro graph_table_names(relation) -%}
    {{ return(adapter.dispatch('graph_table_names')(relation)) }}
{%- endmacro %}

{% macro default__graph_table_names(relation) -%}
    {{ raise_unsupported_adapter('graph_table_names') }}
{%- endmacro %}

{% macro duckdb__graph_table_names(relation) -%}
    {{ return(run_query(
        "select table_name from duckdb_tables() where database_name = '" ~ relation.database
        ~ "' and schema_name = '" ~ relation.schema ~ "' order by table_name"
    ).columns[0].values()) }}
{%- endmacro %}

{% macro spark__graph_table_names(relation) -%}
    {{ return(run_query('show tables in ' ~ relation.schema).columns[1].values()) }}
{%- endmacro %}

{% macro graph_table_format() -%}
    {{ return(adapter.dispatch('graph_table_format')()) }}
{%- endmacro %}

{% macro default__graph_table_format() -%}
    {{ raise_unsupported_adapter('graph_table_format') }}
{%- endmacro %}

{% macro duckdb__graph_table_format() -%}
    {{ return('') }}
{%- endmacro %}

{% macro spark__graph_table_format() -%}
    {{ return(' using parquet') }}
{%- endmacro %}
