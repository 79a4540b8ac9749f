{# One row per attribute and value of those whose rare values say more, with its rarity: log2, in
   thousandths, of how much oftener or seldomer the value is than what a chance agreement is about,
   negative for rare ones. #}
with

value_counts as (
    select * from {{ ref('int_identity__value_counts') }}
),

chance_agreements as (
    select * from {{ ref('int_identity__chance_agreements') }}
),

-- How often another person has the value, not how often the two who agree on it do; a few hundred
-- unseen persons of ordinary names keep a value of few persons from looking common.
frequencies as (
    select
        value_counts.attribute,
        value_counts.value,
        (value_counts.person_count - 1 + 200 * chance_agreements.chance)
        / (greatest(chance_agreements.person_count - 1, 0) + 200) as frequency,
        chance_agreements.agreement_share
    from value_counts
    inner join chance_agreements
        on value_counts.attribute = chance_agreements.attribute
    where value_counts.attribute in ({{ quoted_list(attributes_with_rarity()) }})
),

final as (
    select
        attribute,
        value,
        cast(round(1000 * least(greatest(log2(frequency / agreement_share), -4), 8)) as int)
            as rarity
    from frequencies
)

select * from final
