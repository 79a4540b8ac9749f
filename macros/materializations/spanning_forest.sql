{#- Materialisation spanning_forest: the links that hold each component together, as strong as can be. The model's
    SQL yields node_a, node_b (integers), strength (bigint); the table that results has node_a, node_b, strength
    of the links of a maximum spanning forest. The least of them in a component is its weakest point: no way
    between the two sides of it is stronger.

    Method: in each round every cluster takes its strongest link (Borůvka). Links of equal strength are ordered by
    a number made of both ends, so the forest does not depend on how links came in. -#}
{% materialization spanning_forest, adapter='duckdb', supported_languages=['sql'] %}
    {{ return(materialize_steps(spanning_forest_sql)) }}
{% endmaterialization %}

{% materialization spanning_forest, adapter='spark', supported_languages=['sql'] %}
    {{ return(materialize_steps(spanning_forest_sql)) }}
{% endmaterialization %}

{% macro spanning_forest_sql(target_relation, links_sql) -%}
    {%- set links = working_table(target_relation, 'links') -%}
    {%- set forest = working_table(target_relation, 'forest') -%}
    {%- do create_working_table(links, forest_links_sql(links_sql)) -%}
    {%- do create_working_table(forest, 'select link_rank from ' ~ links ~ ' where false') -%}
    {%- set state = namespace(
        round=0, pairs=working_table(target_relation, 'pairs_0'), pairs_left=0
    ) -%}
    {%- do create_working_table(
        state.pairs, 'select node_a as one, node_b as other, link_rank from ' ~ links
    ) -%}
    {%- set state.pairs_left = value_of('select count(*) from ' ~ state.pairs) | int -%}
    {#- Each round at least halves the clusters that have a link. -#}
    {%- for round in range(64) if state.pairs_left > 0 -%}
        {%- set chosen = working_table(target_relation, 'chosen_' ~ round) -%}
        {%- set roots = working_table(target_relation, 'roots_' ~ round) -%}
        {%- set next_pairs = working_table(target_relation, 'pairs_' ~ (round + 1)) -%}
        {%- do create_working_table(chosen, forest_chosen_sql(state.pairs)) -%}
        {%- do run_query(
            'insert into ' ~ forest ~ ' select link_rank from ' ~ chosen ~ ' group by link_rank'
        ) -%}
        {%- do create_working_table(roots, component_labels_sql(
            working_table(target_relation, 'chosen_' ~ round ~ '_stars'),
            '(select cluster as node_a, partner as node_b from ' ~ chosen ~ ')',
            is_step=true
        )) -%}
        {%- do create_working_table(next_pairs, forest_next_pairs_sql(state.pairs, roots)) -%}
        {%- do drop_working_table(state.pairs) -%}
        {%- set state.pairs = next_pairs -%}
        {%- set state.pairs_left = value_of('select count(*) from ' ~ next_pairs) | int -%}
        {%- set state.round = round + 1 -%}
    {%- endfor -%}
    {%- do log('spanning_forest: ' ~ model.name ~ ' ended after ' ~ state.round ~ ' rounds', info=true) -%}
    {{ return(
        'select links.node_a, links.node_b, links.strength from ' ~ links ~ ' as links inner join ' ~ forest
        ~ ' as forest on links.link_rank = forest.link_rank'
    ) }}
{%- endmacro %}

{% macro forest_links_sql(links_sql) %}
    select
        least(node_a, node_b) as node_a,
        greatest(node_a, node_b) as node_b,
        max(strength) as strength,
        row_number() over (
            order by
                max(strength) desc,
                (
                    least(node_a, node_b) % 2147483647 * 48271
                    + greatest(node_a, node_b) % 2147483647 * 69621
                ) % 2147483647,
                least(node_a, node_b),
                greatest(node_a, node_b)
        ) as link_rank
    from ({{ links_sql }}) as links
    where node_a <> node_b
    group by
        least(node_a, node_b),
        greatest(node_a, node_b)
{% endmacro %}

{% macro forest_chosen_sql(pairs) %}
    with

    ends as (
        select one as cluster, other as partner, link_rank from {{ pairs }}
        union all
        select other as cluster, one as partner, link_rank from {{ pairs }}
    ),

    strongest as (
        select
            cluster,
            min(link_rank) as link_rank
        from ends
        group by cluster
    )

    select
        ends.cluster,
        ends.partner,
        ends.link_rank
    from ends
    inner join strongest
        on
            ends.cluster = strongest.cluster
            and ends.link_rank = strongest.link_rank
{% endmacro %}

{% macro forest_next_pairs_sql(pairs, roots) %}
    select
        least(roots_one.component, roots_other.component) as one,
        greatest(roots_one.component, roots_other.component) as other,
        min(pairs.link_rank) as link_rank
    from {{ pairs }} as pairs
    inner join {{ roots }} as roots_one on pairs.one = roots_one.node
    inner join {{ roots }} as roots_other on pairs.other = roots_other.node
    where roots_one.component <> roots_other.component
    group by
        least(roots_one.component, roots_other.component),
        greatest(roots_one.component, roots_other.component)
{% endmacro %}
