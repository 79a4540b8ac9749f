{#- Materialisation limited_components: connected components that keep limits. The model's SQL yields rows of
    three kinds: 'link' (node_a, node_b, strength), 'apart' (node_a and node_b may not end in one component) and
    'item' (node_a is of item_type, of which a component may have at most item_limit that were first seen within
    window_seconds; both empty for no limit, the window for ever). The table that results has node and component
    (the least node of it) for every item.

    Links are taken from the strongest to the weakest, and one that would break a limit is left out for good: what
    a component may not take in now, it may not take in later. So rounds can merge all pairs of components that are
    each other's strongest at once and drop all pairs that would break a limit, and still end where the one-by-one
    order ends. Links of equal strength are ordered by a number made of both ends, never by how they came in. -#}
{% materialization limited_components, adapter='duckdb', supported_languages=['sql'] %}
    {{ return(materialize_steps(limited_components_sql)) }}
{% endmaterialization %}

{% materialization limited_components, adapter='spark', supported_languages=['sql'] %}
    {{ return(materialize_steps(limited_components_sql)) }}
{% endmaterialization %}

{% macro limited_components_sql(target_relation, rows_sql) -%}
    {%- set max_rounds = config.get('meta', {}).get('max_rounds', 1000) -%}
    {%- set rows = working_table(target_relation, 'rows') -%}
    {%- do create_working_table(rows, rows_sql) -%}

    {%- set state = namespace(
        round=0,
        pairs=working_table(target_relation, 'pairs_0'),
        clusters=working_table(target_relation, 'clusters_0'),
        pairs_left=0,
    ) -%}
    {%- do create_working_table(state.pairs, limited_pairs_sql(rows)) -%}
    {%- do create_working_table(state.clusters, limited_clusters_sql(rows)) -%}
    {%- set state.pairs_left = value_of('select count(*) from ' ~ state.pairs) | int -%}
    {%- for round in range(max_rounds) if state.pairs_left > 0 -%}
        {%- set allowed = working_table(target_relation, 'allowed_' ~ round) -%}
        {%- set merges = working_table(target_relation, 'merges_' ~ round) -%}
        {%- set next_pairs = working_table(target_relation, 'pairs_' ~ (round + 1)) -%}
        {%- set next_clusters = working_table(target_relation, 'clusters_' ~ (round + 1)) -%}
        {%- do create_working_table(allowed, limited_allowed_sql(rows, state.pairs, state.clusters)) -%}
        {%- do create_working_table(merges, limited_merges_sql(allowed)) -%}
        {%- do create_working_table(next_pairs, limited_next_pairs_sql(allowed, merges)) -%}
        {%- do create_working_table(next_clusters, limited_next_clusters_sql(state.clusters, merges)) -%}
        {%- for done in [state.pairs, state.clusters, allowed, merges] -%}
            {%- do drop_working_table(done) -%}
        {%- endfor -%}
        {%- set state.pairs = next_pairs -%}
        {%- set state.clusters = next_clusters -%}
        {%- set state.pairs_left = value_of('select count(*) from ' ~ next_pairs) | int -%}
        {%- set state.round = round + 1 -%}
    {%- endfor -%}
    {%- if state.pairs_left > 0 -%}
        {%- do drop_working_tables(target_relation) -%}
        {{ exceptions.raise_compiler_error(
            'limited_components: ' ~ model.name ~ ' has ' ~ state.pairs_left ~ ' pairs left after '
            ~ max_rounds ~ ' rounds. Raise config meta max_rounds of the model.'
        ) }}
    {%- endif -%}
    {%- do log('limited_components: ' ~ model.name ~ ' ended after ' ~ state.round ~ ' rounds', info=true) -%}
    {{ return('select node, cluster as component from ' ~ state.clusters) }}
{%- endmacro %}

{#- Pairs of clusters with the rank of their strongest link: 1 for the strongest of all. -#}
{% macro limited_pairs_sql(rows) %}
    select
        least(node_a, node_b) as one,
        greatest(node_a, node_b) as other,
        min(link_rank) as link_rank
    from (
        select
            node_a,
            node_b,
            row_number() over (
                order by
                    strength desc,
                    (
                        least(node_a, node_b) % 2147483647 * 48271
                        + greatest(node_a, node_b) % 2147483647 * 69621
                    ) % 2147483647,
                    least(node_a, node_b),
                    greatest(node_a, node_b)
            ) as link_rank
        from {{ rows }}
        where
            kind = 'link'
            and node_a <> node_b
    ) as ranked
    group by
        least(node_a, node_b),
        greatest(node_a, node_b)
{% endmacro %}

{% macro limited_clusters_sql(rows) %}
    select
        node_a as node,
        node_a as cluster
    from {{ rows }}
    where kind = 'item'
{% endmacro %}

{#- Pairs of clusters that may become one: within each limit together, and no two items to be kept apart. -#}
{% macro limited_allowed_sql(rows, pairs, clusters) %}
    with

    items as (
        select
            clusters.node,
            clusters.cluster,
            rows.item_type,
            rows.item_limit,
            rows.window_seconds,
            rows.seen_at_seconds
        from {{ rows }} as rows
        inner join {{ clusters }} as clusters
            on rows.node_a = clusters.node
        where
            rows.kind = 'item'
            and rows.item_limit is not null
    ),

    item_counts as (
        select
            cluster,
            item_type,
            min(item_limit) as item_limit,
            min(window_seconds) as window_seconds,
            count(*) as item_count
        from items
        group by
            cluster,
            item_type
    ),

    crowded as (
        select
            pairs.one,
            pairs.other,
            counts_one.item_type,
            counts_one.item_limit,
            counts_one.window_seconds
        from {{ pairs }} as pairs
        inner join item_counts as counts_one
            on pairs.one = counts_one.cluster
        inner join item_counts as counts_other
            on
                pairs.other = counts_other.cluster
                and counts_one.item_type = counts_other.item_type
        where counts_one.item_count + counts_other.item_count > counts_one.item_limit
    ),

    crowded_items as (
        select
            crowded.one,
            crowded.other,
            crowded.item_type,
            crowded.item_limit,
            crowded.window_seconds,
            items.node,
            items.seen_at_seconds
        from crowded
        inner join items
            on
                crowded.item_type = items.item_type
                and items.cluster in (crowded.one, crowded.other)
        where crowded.window_seconds is not null
    ),

    crowded_in_window as (
        select
            later.one,
            later.other
        from crowded_items as later
        inner join crowded_items as earlier
            on
                later.one = earlier.one
                and later.other = earlier.other
                and later.item_type = earlier.item_type
        where
            earlier.seen_at_seconds <= later.seen_at_seconds
            and later.seen_at_seconds - earlier.seen_at_seconds < later.window_seconds
        group by
            later.one,
            later.other,
            later.item_type,
            later.node
        having count(*) > min(later.item_limit)
    ),

    kept_apart as (
        select
            least(clusters_a.cluster, clusters_b.cluster) as one,
            greatest(clusters_a.cluster, clusters_b.cluster) as other
        from {{ rows }} as rows
        inner join {{ clusters }} as clusters_a
            on rows.node_a = clusters_a.node
        inner join {{ clusters }} as clusters_b
            on rows.node_b = clusters_b.node
        where rows.kind = 'apart'
    ),

    barred as (
        select one, other from crowded where window_seconds is null
        union
        select one, other from crowded_in_window
        union
        select one, other from kept_apart
    )

    select
        pairs.one,
        pairs.other,
        pairs.link_rank
    from {{ pairs }} as pairs
    left join barred
        on
            pairs.one = barred.one
            and pairs.other = barred.other
    where barred.one is null
{% endmacro %}

{#- Clusters whose strongest link is the same one. -#}
{% macro limited_merges_sql(allowed) %}
    with

    strongest as (
        select
            cluster,
            min(link_rank) as link_rank
        from (
            select one as cluster, link_rank from {{ allowed }}
            union all
            select other as cluster, link_rank from {{ allowed }}
        ) as ends
        group by cluster
    )

    select
        allowed.one as kept,
        allowed.other as merged
    from {{ allowed }} as allowed
    inner join strongest as strongest_one
        on
            allowed.one = strongest_one.cluster
            and allowed.link_rank = strongest_one.link_rank
    inner join strongest as strongest_other
        on
            allowed.other = strongest_other.cluster
            and allowed.link_rank = strongest_other.link_rank
{% endmacro %}

{% macro limited_next_pairs_sql(allowed, merges) %}
    select
        least(renamed.end_a, renamed.end_b) as one,
        greatest(renamed.end_a, renamed.end_b) as other,
        min(renamed.link_rank) as link_rank
    from (
        select
            coalesce(merges_one.kept, allowed.one) as end_a,
            coalesce(merges_other.kept, allowed.other) as end_b,
            allowed.link_rank
        from {{ allowed }} as allowed
        left join {{ merges }} as merges_one on allowed.one = merges_one.merged
        left join {{ merges }} as merges_other on allowed.other = merges_other.merged
    ) as renamed
    where renamed.end_a <> renamed.end_b
    group by
        least(renamed.end_a, renamed.end_b),
        greatest(renamed.end_a, renamed.end_b)
{% endmacro %}

{% macro limited_next_clusters_sql(clusters, merges) %}
    select
        clusters.node,
        coalesce(merges.kept, clusters.cluster) as cluster
    from {{ clusters }} as clusters
    left join {{ merges }} as merges on clusters.cluster = merges.merged
{% endmacro %}
