{#- Materialisation connected_components: the model's SQL yields the edges of an undirected graph in two
    columns, node_a and node_b (integer or string; an edge from a node to itself declares a node that may
    have no other edge; rows with a NULL end are left out). The table that results has one row per node:
    node, component (the least node of the component), both of the type that came in.

    Method: contraction. In each round every vertex hooks to its least neighbour if that is less than
    itself, pointer jumping turns each tree of hooks into a star, and the edges between different stars go
    on to the next round. Vertex numbers are renumbered before every round by an affine bijection modulo a
    prime, so that no order of the input is a bad one: chains, stars and grids all shrink by a constant
    factor a round. When no edge is left, the stars are composed backwards.
    A round past the bound (config meta max_rounds) is an error, never a wrong label.

    With config meta keeps_state: true, on DuckDB, a run that is no full refresh touches only the components
    that added or removed edges reach, and ends in the labels of a full recompute. The edges of the last run
    stay beside the table (<model>__state_edges). The SQL has then a third column, edge_group (such as the
    landing batch of the edge): groups whose count and hash sum are those of the last run are not compared. Labels
    and edges change in one transaction, so a killed run leaves those of the run before it. -#}
{% materialization connected_components, adapter='duckdb', supported_languages=['sql'] %}
    {{ return(materialize_steps(connected_components_sql)) }}
{% endmaterialization %}

{% materialization connected_components, adapter='spark', supported_languages=['sql'] %}
    {{ return(materialize_steps(connected_components_sql)) }}
{% endmaterialization %}

{% macro connected_components_sql(target_relation, edges_sql) -%}
    {%- set keeps_state = config.get('meta', {}).get('keeps_state', false) and changes_in_place() -%}
    {%- if keeps_state -%}
        {%- do begin_transaction() -%}
        {%- set present = table_names_beside(target_relation) -%}
        {%- set state_edges = working_table(target_relation, 'state_edges') -%}
        {%- set state_groups = working_table(target_relation, 'state_groups') -%}
        {%- if (
            not should_full_refresh()
            and target_relation.identifier in present
            and state_edges.identifier in present
            and state_groups.identifier in present
        ) -%}
            {%- do relabel_changed_components(target_relation, state_edges, state_groups, edges_sql) -%}
            {{ return(none) }}
        {%- endif -%}
        {%- do drop_working_table(state_edges) -%}
        {%- do drop_working_table(state_groups) -%}
        {%- do create_working_table(state_edges, graph_edges_sql(edges_sql, has_groups=true)) -%}
        {%- do create_working_table(state_groups, graph_groups_sql(state_edges)) -%}
        {{ return(component_labels_sql(target_relation, state_edges)) }}
    {%- endif -%}
    {%- set edges = working_table(target_relation, 'edges') -%}
    {%- do create_working_table(edges, graph_edges_sql(edges_sql, has_groups=false)) -%}
    {{ return(component_labels_sql(target_relation, edges)) }}
{%- endmacro %}

{% macro graph_edges_sql(edges_sql, has_groups) %}
    select
        node_a,
        node_b{{ ',\n        edge_group' if has_groups }}
    from ({{ edges_sql }}) as graph
    where
        node_a is not null
        and node_b is not null
{% endmacro %}

{#- How many edges each group has, and a sum that changes when any of them does. -#}
{% macro graph_groups_sql(edges) %}
    select
        edge_group,
        count(*) as edge_count,
        sum({{ row_digest(['node_a', 'node_b']) }}) as edge_digest
    from {{ edges }}
    group by edge_group
{% endmacro %}

{#- Contracts the graph round by round; gives the SELECT of (node, component) over the working tables. -#}
{% macro component_labels_sql(target_relation, edges, is_step=false) -%}
    {%- set max_rounds = config.get('meta', {}).get('max_rounds', 100) -%}

    {#- Vertices are integers below the prime. Nodes that are such numbers already are taken as they are. -#}
    {%- set prime = 2147483647 -%}
    {%- set shape = run_query(
        'select min(node_a), min(node_b), max(node_a), max(node_b) from ' ~ edges
    ).rows[0] -%}
    {%- set is_numbered = (
        shape[0] is number
        and [shape[0], shape[1]] | min >= 0
        and [shape[2], shape[3]] | max < prime
    ) -%}
    {%- set vertices = working_table(target_relation, 'vertices') -%}
    {%- if not is_numbered -%}
        {%- do create_working_table(vertices, graph_vertices_sql(edges)) -%}
    {%- endif -%}

    {#- Renumbering before round k: x -> (multiplier x + 1) mod prime. The multipliers are powers of a
        primitive root, so that neighbouring numbers end far apart. -#}
    {%- set multipliers = [1327217885] -%}
    {%- set level = working_table(target_relation, 'level_0') -%}
    {%- do create_working_table(
        level,
        graph_first_level_sql(edges, none if is_numbered else vertices, multipliers[0], prime)
    ) -%}
    {%- set state = namespace(round=0, edges_left=value_of('select count(*) from ' ~ level) | int) -%}

    {%- set stars = [] -%}
    {%- for round in range(max_rounds) if state.edges_left > 0 -%}
        {%- set k = state.round -%}
        {%- do multipliers.append((multipliers[k] * 48271) % prime) -%}
        {%- set level = working_table(target_relation, 'level_' ~ k) -%}
        {%- set next_level = working_table(target_relation, 'level_' ~ (k + 1)) -%}
        {%- do stars.append(
            graph_round(target_relation, k, level, next_level, multipliers[k + 1], prime)
        ) -%}
        {%- set state.edges_left = value_of('select count(*) from ' ~ next_level) | int -%}
        {%- set state.round = k + 1 -%}
    {%- endfor -%}

    {%- if state.edges_left > 0 -%}
        {%- do drop_working_tables(target_relation) -%}
        {{ exceptions.raise_compiler_error(
            'connected_components: ' ~ model.name ~ ' has ' ~ state.edges_left ~ ' edges left after '
            ~ state.round ~ ' rounds. Raise config meta max_rounds of the model.'
        ) }}
    {%- endif -%}
    {%- do log(
        'connected_components: ' ~ model.name ~ ' converged in ' ~ state.round ~ ' rounds, 0 edges left',
        info=not is_step
    ) -%}

    {%- if state.round == 0 -%}
        {{ return('select node_a as node, node_a as component from ' ~ edges ~ ' group by node_a') }}
    {%- endif -%}

    {#- Backwards: the vertex of the last level that stands for each vertex of the level before. A vertex
        that has no edge at a level stands for itself from there on, renumbered to the last level. The first
        level is nearly all of the graph, so it is not written for itself but goes into the labels. -#}
    {%- set carried = namespace(multiplier=1, offset=0, later=none) -%}
    {%- for k in range(state.round - 1, 0, -1) -%}
        {%- set stands = working_table(target_relation, 'stands_' ~ k) -%}
        {%- do create_working_table(
            stands,
            graph_stands_sql(
                stars[k],
                graph_roots_sql(stars[k], carried.later, multipliers[k + 1], carried, prime),
                multipliers[k + 1],
                prime
            )
        ) -%}
        {%- do drop_working_table(stars[k]) -%}
        {%- if carried.later -%}
            {%- do drop_working_table(carried.later) -%}
        {%- endif -%}
        {%- set carried.later = stands -%}
        {%- set carried.offset = (carried.multiplier + carried.offset) % prime -%}
        {%- set carried.multiplier = (carried.multiplier * multipliers[k + 1]) % prime -%}
    {%- endfor -%}
    {%- set roots = working_table(target_relation, 'roots') -%}
    {%- do create_working_table(
        roots,
        graph_root_labels_sql(
            graph_roots_sql(stars[0], carried.later, multipliers[1], carried, prime, multipliers[0]),
            none if is_numbered else vertices,
            multipliers,
            prime
        )
    ) -%}
    {{ return(graph_labels_sql(
        edges, none if is_numbered else vertices, stars[0], roots, multipliers[0], prime
    )) }}
{%- endmacro %}

{#- One round: hooks, stars, edges between different stars. Returns the table of the stars. -#}
{% macro graph_round(target_relation, k, level, next_level, multiplier, prime) -%}
    {%- set hooks = working_table(target_relation, 'hooks_' ~ k) -%}
    {%- set rest = working_table(target_relation, 'rest_' ~ k) -%}
    {%- do create_working_table(hooks, graph_hooks_sql(level)) -%}
    {%- do create_working_table(rest, graph_rest_sql(level, hooks)) -%}
    {%- do drop_working_table(level) -%}

    {#- The first jump makes a hook twice as long, each other one three times: 25 are enough for any number
        of vertices. -#}
    {%- set state = namespace(stars=working_table(target_relation, 'stars_' ~ k ~ '_0'), is_moving=true) -%}
    {%- do create_working_table(state.stars, graph_first_jump_sql(hooks)) -%}
    {%- do drop_working_table(hooks) -%}
    {%- for jump in range(1, 26) if state.is_moving -%}
        {%- set state.is_moving = (
            value_of('select count(*) from ' ~ state.stars ~ ' where is_moving') | int > 0
        ) -%}
        {%- if state.is_moving -%}
            {%- set jumped = working_table(target_relation, 'stars_' ~ k ~ '_' ~ jump) -%}
            {%- do create_working_table(jumped, graph_jump_sql(state.stars)) -%}
            {%- do drop_working_table(state.stars) -%}
            {%- set state.stars = jumped -%}
        {%- endif -%}
    {%- endfor -%}

    {%- do create_working_table(
        next_level, graph_next_level_sql(rest, state.stars, multiplier, prime)
    ) -%}
    {%- do drop_working_table(rest) -%}
    {{ return(state.stars) }}
{%- endmacro %}

{#- Nodes that are no small integers get numbers. -#}
{% macro graph_vertices_sql(edges) %}
    select
        node,
        row_number() over (order by node) - 1 as vertex
    from (
        select node_a as node from {{ edges }}
        union
        select node_b as node from {{ edges }}
    ) as nodes
{% endmacro %}

{% macro graph_renumbered(expression, multiplier, offset, prime) -%}
    cast((cast({{ expression }} as bigint) * {{ multiplier }} + {{ offset }}) % {{ prime }} as int)
{%- endmacro %}

{#- Inverse of graph_renumbered with offset 1: by Fermat, the inverse of m is its power to prime - 2. -#}
{% macro graph_number_before(expression, multiplier, prime) -%}
    ((cast({{ expression }} as bigint) + {{ prime - 1 }}) % {{ prime }}) * {{ power_modulo(multiplier, prime - 2, prime) }} % {{ prime }}
{%- endmacro %}

{% macro power_modulo(base, exponent, modulus) -%}
    {%- set state = namespace(result=1, square=base % modulus, exponent=exponent) -%}
    {%- for bit in range(64) if state.exponent > 0 -%}
        {%- if state.exponent % 2 == 1 -%}
            {%- set state.result = state.result * state.square % modulus -%}
        {%- endif -%}
        {%- set state.square = state.square * state.square % modulus -%}
        {%- set state.exponent = state.exponent // 2 -%}
    {%- endfor -%}
    {{ return(state.result) }}
{%- endmacro %}

{% macro graph_first_level_sql(edges, vertices, multiplier, prime) %}
    select
        least(end_a, end_b) as low,
        greatest(end_a, end_b) as high
    from (
        {%- if vertices %}
        select
            {{ graph_renumbered('vertices_a.vertex', multiplier, 1, prime) }} as end_a,
            {{ graph_renumbered('vertices_b.vertex', multiplier, 1, prime) }} as end_b
        from {{ edges }} as edges
        inner join {{ vertices }} as vertices_a on edges.node_a = vertices_a.node
        inner join {{ vertices }} as vertices_b on edges.node_b = vertices_b.node
        where edges.node_a <> edges.node_b
        {%- else %}
        select
            {{ graph_renumbered('node_a', multiplier, 1, prime) }} as end_a,
            {{ graph_renumbered('node_b', multiplier, 1, prime) }} as end_b
        from {{ edges }}
        where node_a <> node_b
        {%- endif %}
    ) as renumbered
{% endmacro %}

{% macro graph_hooks_sql(level) %}
    select
        high as vertex,
        min(low) as hook,
        max(low) > min(low) as has_rest
    from {{ level }}
    group by high
{% endmacro %}

{#- An edge that is not itself the hook of its upper end ties its lower end to where the upper one hooks. -#}
{% macro graph_rest_sql(level, hooks) %}
    select
        edges.low,
        hooks.hook
    from {{ level }} as edges
    inner join {{ hooks }} as hooks on edges.high = hooks.vertex
    where
        hooks.has_rest
        and edges.low <> hooks.hook
{% endmacro %}

{#- A hook of a hook; it may go on where that was no root. -#}
{% macro graph_first_jump_sql(hooks) %}
    select
        near.vertex,
        coalesce(far.hook, near.hook) as hook,
        far.hook is not null as is_moving
    from {{ hooks }} as near
    left join {{ hooks }} as far on near.hook = far.vertex
{% endmacro %}

{#- A hook of a hook of a hook. -#}
{% macro graph_jump_sql(stars) %}
    select * from {{ stars }} where not is_moving
    union all
    select
        near.vertex,
        coalesce(far.hook, middle.hook, near.hook) as hook,
        far.hook is not null as is_moving
    from {{ stars }} as near
    left join {{ stars }} as middle on near.hook = middle.vertex
    left join {{ stars }} as far on middle.hook = far.vertex
    where near.is_moving
{% endmacro %}

{% macro graph_next_level_sql(rest, stars, multiplier, prime) %}
    select distinct
        least(end_a, end_b) as low,
        greatest(end_a, end_b) as high
    from (
        select
            {{ graph_renumbered('coalesce(stars_low.hook, rest.low)', multiplier, 1, prime) }} as end_a,
            {{ graph_renumbered('coalesce(stars_hook.hook, rest.hook)', multiplier, 1, prime) }} as end_b
        from {{ rest }} as rest
        left join {{ stars }} as stars_low on rest.low = stars_low.vertex
        left join {{ stars }} as stars_hook on rest.hook = stars_hook.vertex
    ) as rewritten
    where end_a <> end_b
{% endmacro %}

{#- The vertices that hook nowhere, numbered as in the next level, and what stands for them: those that others
    hook to, and those of the next level whose neighbours all hook lower. With a first multiplier there is the
    least of those that hook to each, by its number before the first level. -#}
{% macro graph_roots_sql(stars, later, multiplier, carried, prime, first_multiplier=none) %}
    {%- set carried_root = graph_renumbered('hooked.root', carried.multiplier, carried.offset, prime) %}
    select
        {{ 'coalesce(hooked.root, later.vertex) as root' if later else 'hooked.root' }},
        {{ 'hooked.least_number,' if first_multiplier }}
        {{ 'coalesce(later.stands_for, ' ~ carried_root ~ ')' if later else carried_root }} as stands_for
    from (
        select
            {{ 'min(' ~ graph_number_before('vertex', first_multiplier, prime) ~ ') as least_number,' if first_multiplier }}
            {{ graph_renumbered('hook', multiplier, 1, prime) }} as root
        from {{ stars }}
        group by hook
    ) as hooked
    {%- if later %}
    full join {{ later }} as later on hooked.root = later.vertex
    {%- endif %}
{% endmacro %}

{% macro graph_stands_sql(stars, roots_sql, multiplier, prime) %}
    with roots as ({{ roots_sql }})

    select
        stars.vertex,
        roots.stands_for
    from {{ stars }} as stars
    inner join roots on {{ graph_renumbered('stars.hook', multiplier, 1, prime) }} = roots.root
    union all
    select
        cast({{ graph_number_before('root', multiplier, prime) }} as int) as vertex,
        stands_for
    from roots
{% endmacro %}

{#- The roots of the first level, each with the least node of its component. -#}
{% macro graph_root_labels_sql(roots_sql, vertices, multipliers, prime) %}
    {%- set number = graph_number_before('vertex', multipliers[0], prime) %}
    with roots as (
        select
            cast({{ graph_number_before('root', multipliers[1], prime) }} as int) as vertex,
            least_number,
            stands_for
        from ({{ roots_sql }}) as numbered_later
    ),

    components as (
        select
            stands_for,
            min(least(least_number, {{ number }})) as least_number
        from roots
        group by stands_for
    )

    select
        roots.vertex,
        {{ 'vertices.node' if vertices else 'components.least_number' }} as component
    from roots
    inner join components on roots.stands_for = components.stands_for
    {%- if vertices %}
    inner join {{ vertices }} as vertices on components.least_number = vertices.vertex
    {%- endif %}
{% endmacro %}

{#- The label of each node; one without an edge to another is alone. -#}
{% macro graph_labels_sql(edges, vertices, stars, roots, multiplier, prime) %}
    with members as (
        select
            stars.vertex,
            roots.component
        from {{ stars }} as stars
        inner join {{ roots }} as roots on stars.hook = roots.vertex
        union all
        select
            vertex,
            component
        from {{ roots }}
    ),

    labels as (
        {%- if vertices %}
        select
            vertices.node,
            members.component
        from members
        inner join {{ vertices }} as vertices
            on members.vertex = {{ graph_renumbered('vertices.vertex', multiplier, 1, prime) }}
        {%- else %}
        select
            {{ graph_number_before('vertex', multiplier, prime) }} as node,
            component
        from members
        {%- endif %}
    )

    select
        node,
        component
    from labels
    union all
    select
        declared.node_a as node,
        declared.node_a as component
    from {{ edges }} as declared
    left join labels on declared.node_a = labels.node
    where
        declared.node_a = declared.node_b
        and labels.node is null
    group by declared.node_a
{% endmacro %}
