{# One row per measure of how well the graph agrees with labelled pairs: over all pairs, and per
   rule over the pairs that only the links of that rule put together. #}
with

labelled_pairs as (
    select * from {{ ref('int_identity__labelled_pairs') }}
),

parts_without_rule as (
    select
        node,
        component
    from {{ ref('int_identity__parts_without_rule') }}
),

links as (
    select rule
    from {{ ref('int_identity__links') }}
    group by rule
),

totals as (
    select
        count(*) as pair_count,
        sum(case when is_same_person then 1 else 0 end) as same_count,
        sum(case when is_together then 1 else 0 end) as together_count,
        sum(case when is_same_person and is_together then 1 else 0 end) as right_count
    from labelled_pairs
),

rates as (
    select
        cast(pair_count as double) as pair_count,
        cast(right_count as double) / nullif(together_count, 0) as pair_precision,
        cast(right_count as double) / nullif(same_count, 0) as pair_recall
    from totals
),

-- Pairs of one customer stand or fall together, so what counts as independent are customers.
customer_pairs as (
    select
        least(customer_node_one, customer_node_other) as customer_node,
        sum(case when is_same_person then 1 else 0 end) as same_count,
        sum(case when is_together then 1 else 0 end) as together_count
    from labelled_pairs
    group by least(customer_node_one, customer_node_other)
),

-- Kish's effective size of a sample: customers with the same number of pairs count as one each.
effective_sizes as (
    select
        cast(sum(together_count) as double) * sum(together_count)
        / nullif(sum(together_count * together_count), 0) as together_size,
        cast(sum(same_count) as double) * sum(same_count)
        / nullif(sum(same_count * same_count), 0) as same_size
    from customer_pairs
),

shares as (
    select
        'precision' as measure,
        rates.pair_precision as pair_share,
        effective_sizes.together_size as effective_size
    from rates
    cross join effective_sizes
    union all
    select
        'recall' as measure,
        rates.pair_recall as pair_share,
        effective_sizes.same_size as effective_size
    from rates
    cross join effective_sizes
),

-- The most that the share may be, as far as these pairs can tell (one-sided, 95 %).
upper_bounds as (
    select
        measure || '_upper_bound' as measure,
        1 - {{ wilson_lower_bound(
            'effective_size * (1 - pair_share)', 'effective_size', z=1.645
        ) }} as upper_bound
    from shares
),

sides as (
    select
        record_one as customer_record,
        is_same_person,
        is_together
    from labelled_pairs
    union all
    select
        record_other as customer_record,
        is_same_person,
        is_together
    from labelled_pairs
),

-- B-cubed: each record with those that it was compared with, itself included.
record_rates as (
    select
        customer_record,
        cast(1 + sum(case when is_same_person and is_together then 1 else 0 end) as double)
        / (1 + sum(case when is_together then 1 else 0 end)) as record_precision,
        cast(1 + sum(case when is_same_person and is_together then 1 else 0 end) as double)
        / (1 + sum(case when is_same_person then 1 else 0 end)) as record_recall
    from sides
    group by customer_record
),

-- Decimals, since a sum of doubles depends on the order of its rows.
bcubed as (
    select
        cast(sum(cast(record_precision as decimal(18, 12))) as double) / nullif(count(*), 0)
            as bcubed_precision,
        cast(sum(cast(record_recall as decimal(18, 12))) as double) / nullif(count(*), 0)
            as bcubed_recall
    from record_rates
),

-- Pairs that fall apart without the links of one rule.
hanging as (
    select
        links.rule,
        labelled_pairs.is_same_person
    from labelled_pairs
    cross join links
    inner join parts_without_rule as parts_one
        on links.rule || '|' || cast(labelled_pairs.node_one as string) = parts_one.node
    inner join parts_without_rule as parts_other
        on links.rule || '|' || cast(labelled_pairs.node_other as string) = parts_other.node
    where
        labelled_pairs.is_together
        and parts_one.component <> parts_other.component
),

measures as (
    select
        'pairs' as measure,
        'all' as rule,
        pair_count as measure_value
    from rates
    union all
    select
        measure,
        'all' as rule,
        pair_share as measure_value
    from shares
    union all
    select
        measure,
        'all' as rule,
        upper_bound as measure_value
    from upper_bounds
    union all
    select
        'f1' as measure,
        'all' as rule,
        2 * pair_precision * pair_recall / nullif(pair_precision + pair_recall, 0) as measure_value
    from rates
    union all
    select
        'bcubed_precision' as measure,
        'all' as rule,
        bcubed_precision as measure_value
    from bcubed
    union all
    select
        'bcubed_recall' as measure,
        'all' as rule,
        bcubed_recall as measure_value
    from bcubed
    union all
    select
        'bcubed_f1' as measure,
        'all' as rule,
        2 * bcubed_precision * bcubed_recall / nullif(bcubed_precision + bcubed_recall, 0)
            as measure_value
    from bcubed
    union all
    select
        'marginal_pairs' as measure,
        rule,
        cast(count(*) as double) as measure_value
    from hanging
    group by rule
    union all
    select
        'marginal_precision' as measure,
        rule,
        cast(sum(case when is_same_person then 1 else 0 end) as double) / count(*) as measure_value
    from hanging
    group by rule
),

final as (
    select
        measure || '|' || rule as measure_key,
        measure,
        rule,
        measure_value
    from measures
    where measure_value is not null
)

select * from final
