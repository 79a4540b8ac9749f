{#- Materialisation average_linkage: clusters records by scored pairs. The model's SQL yields node_a, node_b
    (integers, each pair once) and weight (log2 odds in thousandths, negative for what speaks against). The table
    that results has node and cluster (the least node of it) for every node of a cluster of two and more.

    Starting from single nodes, each round merges the pairs of clusters that are each other's best: the mean of
    all weights between them decides, so one lucky pair does not outvote many that disagree, and evidence
    against counts. Weights are clipped first, so that no single pair settles the mean.
    A merge needs a best pair of at least config meta link_bits and a mean of at least mean_bits. -#}
{% materialization average_linkage, adapter='duckdb', supported_languages=['sql'] %}
    {{ return(materialize_steps(average_linkage_sql)) }}
{% endmaterialization %}

{% materialization average_linkage, adapter='spark', supported_languages=['sql'] %}
    {{ return(materialize_steps(average_linkage_sql)) }}
{% endmaterialization %}

{% macro average_linkage_sql(target_relation, pairs_sql) -%}
    {%- set meta = config.get('meta', {}) -%}
    {%- set link_weight = meta.link_bits * 1000 -%}
    {%- set mean_weight = meta.mean_bits * 1000 -%}
    {%- set max_rounds = meta.get('max_rounds', 200) -%}

    {%- set state = namespace(round=0, merged=1, pairs=working_table(target_relation, 'pairs_0')) -%}
    {%- do create_working_table(
        state.pairs, linkage_open_pairs_sql(linkage_pairs_sql(pairs_sql), link_weight)
    ) -%}
    {%- for round in range(max_rounds) if state.merged > 0 -%}
        {%- set merges = working_table(target_relation, 'merges_' ~ round) -%}
        {%- do create_working_table(merges, linkage_merges_sql(state.pairs, link_weight, mean_weight)) -%}
        {%- set state.merged = value_of('select count(*) from ' ~ merges) | int -%}
        {%- if state.merged > 0 -%}
            {%- set next_pairs = working_table(target_relation, 'pairs_' ~ (round + 1)) -%}
            {%- do create_working_table(
                next_pairs, linkage_open_pairs_sql(linkage_next_pairs_sql(state.pairs, merges), link_weight)
            ) -%}
            {%- do drop_working_table(state.pairs) -%}
            {%- set state.pairs = next_pairs -%}
            {%- set state.round = round + 1 -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if state.merged > 0 -%}
        {%- do drop_working_tables(target_relation) -%}
        {{ exceptions.raise_compiler_error(
            'average_linkage: ' ~ model.name ~ ' still merges after ' ~ max_rounds
            ~ ' rounds. Raise config meta max_rounds of the model.'
        ) }}
    {%- endif -%}
    {%- do log('average_linkage: ' ~ model.name ~ ' ended after ' ~ state.round ~ ' rounds', info=true) -%}

    {#- Each cluster was merged into a lesser one at most once, so its last name is found backwards. -#}
    {%- set named = namespace(clusters=none) -%}
    {%- for step in range(state.round) -%}
        {%- set k = state.round - 1 - step -%}
        {%- set clusters = working_table(target_relation, 'clusters_' ~ k) -%}
        {%- do create_working_table(
            clusters,
            linkage_clusters_sql(working_table(target_relation, 'merges_' ~ k), named.clusters)
        ) -%}
        {%- set named.clusters = clusters -%}
    {%- endfor -%}
    {{ return(linkage_result_sql(named.clusters, target_relation)) }}
{%- endmacro %}

{% macro linkage_pairs_sql(pairs_sql) %}
    select
        least(node_a, node_b) as one,
        greatest(node_a, node_b) as other,
        cast(greatest(-10000, least(15000, weight)) as bigint) as weight_sum,
        weight as best_weight,
        cast(1 as bigint) as pair_count
    from ({{ pairs_sql }}) as scored
    where node_a <> node_b
{% endmacro %}

{#- A cluster without a pair that is good enough has none after any merge of others, for the best of two is one of
    them: it is done, and with it all that was said against it. -#}
{% macro linkage_open_pairs_sql(pairs_sql, link_weight) %}
    with

    pairs as ({{ pairs_sql }}),

    open_clusters as (
        select one as cluster
        from pairs
        where best_weight >= {{ link_weight }}
        union
        select other as cluster
        from pairs
        where best_weight >= {{ link_weight }}
    )

    select pairs.*
    from pairs
    inner join open_clusters as open_one on pairs.one = open_one.cluster
    inner join open_clusters as open_other on pairs.other = open_other.cluster
{% endmacro %}

{#- Clusters that are each other's best. Equal means are ordered by a number made of both ends, so that ties do
    not queue up behind one node. -#}
{% macro linkage_merges_sql(pairs, link_weight, mean_weight) %}
    with

    mergeable as (
        select
            one,
            other,
            cast(weight_sum as double) / pair_count as mean_weight,
            (one % 2147483647 * 48271 + other % 2147483647 * 69621) % 2147483647 as tie_break
        from {{ pairs }}
        where
            best_weight >= {{ link_weight }}
            and weight_sum >= {{ mean_weight }} * pair_count
    ),

    both_ways as (
        select
            one as cluster,
            other as partner,
            mean_weight,
            tie_break
        from mergeable
        union all
        select
            other as cluster,
            one as partner,
            mean_weight,
            tie_break
        from mergeable
    ),

    ranked as (
        select
            cluster,
            partner,
            row_number() over (
                partition by cluster
                order by mean_weight desc, tie_break asc, partner asc
            ) as partner_rank
        from both_ways
    )

    select
        chosen.cluster as kept,
        chosen.partner as merged
    from ranked as chosen
    inner join ranked as choosing
        on
            chosen.partner = choosing.cluster
            and chosen.cluster = choosing.partner
    where
        chosen.partner_rank = 1
        and choosing.partner_rank = 1
        and chosen.cluster < chosen.partner
{% endmacro %}

{% macro linkage_next_pairs_sql(pairs, merges) %}
    select
        least(renamed.end_a, renamed.end_b) as one,
        greatest(renamed.end_a, renamed.end_b) as other,
        cast(sum(renamed.weight_sum) as bigint) as weight_sum,
        max(renamed.best_weight) as best_weight,
        cast(sum(renamed.pair_count) as bigint) as pair_count
    from (
        select
            coalesce(merges_one.kept, pairs.one) as end_a,
            coalesce(merges_other.kept, pairs.other) as end_b,
            pairs.weight_sum,
            pairs.best_weight,
            pairs.pair_count
        from {{ pairs }} as pairs
        left join {{ merges }} as merges_one on pairs.one = merges_one.merged
        left join {{ merges }} as merges_other on pairs.other = merges_other.merged
    ) as renamed
    where renamed.end_a <> renamed.end_b
    group by
        least(renamed.end_a, renamed.end_b),
        greatest(renamed.end_a, renamed.end_b)
{% endmacro %}

{% macro linkage_clusters_sql(merges, later) %}
    {%- if later %}
    select
        merges.merged as node,
        coalesce(later.cluster, merges.kept) as cluster
    from {{ merges }} as merges
    left join {{ later }} as later on merges.kept = later.node
    union all
    select * from {{ later }}
    {%- else %}
    select
        merged as node,
        kept as cluster
    from {{ merges }}
    {%- endif %}
{% endmacro %}

{% macro linkage_result_sql(clusters, target_relation) %}
    {%- if clusters %}
    select
        node,
        cluster
    from {{ clusters }}
    union all
    select
        cluster as node,
        cluster
    from {{ clusters }}
    group by cluster
    {%- else %}
    select
        merged as node,
        kept as cluster
    from {{ working_table(target_relation, 'merges_0') }}
    {%- endif %}
{% endmacro %}
