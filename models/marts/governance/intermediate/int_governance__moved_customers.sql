{#- One row per customer whose person records another customer has gained or lost since the
    publication before, or whom an erasure has taken away since, and by what: the first of erasure,
    unmerge and merge. A visitor who becomes known moves no person record: that is data. -#}
with

compared_builds as (
    select
        previous_number,
        previous_identity_build
    from {{ ref('int_governance__compared_builds') }}
),

published_units as (
    select
        publication_number,
        customer_key
    from {{ ref('int_governance__published_units') }}
    where customer_key is not null
),

unified_identity_changes as (
    select
        old_customer_id,
        new_customer_id,
        change_kind,
        build
    from {{ ref('unified_identity_changes') }}
    where record_count > 0
),

unified_identity_ids as (
    select {{ sha256_hex('customer_id') }} as customer_key
    from {{ ref('unified_identity_ids') }}
),

changes as (
    select
        unified_identity_changes.old_customer_id,
        unified_identity_changes.new_customer_id,
        case unified_identity_changes.change_kind when 'split' then 'unmerge' else 'merge' end
            as cause
    from unified_identity_changes
    inner join compared_builds
        on unified_identity_changes.build > compared_builds.previous_identity_build
),

published_customers as (
    select published_units.customer_key
    from published_units
    inner join compared_builds
        on published_units.publication_number = compared_builds.previous_number
    group by published_units.customer_key
),

-- Ids are never taken back, except by an erasure, after which the log of ids has forgotten them.
erased as (
    select published_customers.customer_key
    from published_customers
    left join unified_identity_ids
        on published_customers.customer_key = unified_identity_ids.customer_key
    where unified_identity_ids.customer_key is null
),

moves as (
    select
        {{ sha256_hex('old_customer_id') }} as customer_key,
        cause
    from changes

    union all

    select
        {{ sha256_hex('new_customer_id') }} as customer_key,
        cause
    from changes

    union all

    select
        customer_key,
        'erasure' as cause
    from erased
),

final as (
    select
        customer_key,
        case min(case cause when 'erasure' then 1 when 'unmerge' then 2 else 3 end)
            when 1 then 'erasure'
            when 2 then 'unmerge'
            else 'merge'
        end as cause
    from moves
    group by customer_key
)

select * from final
