{# One row per visitor, purpose and change of what the visitor's browser or app may store, at the
   first event of the new state. An event that lands late can add a change between two others or
   move one, but never take one away: so the number of the change is its key, and a batch with an
   event of a visitor brings all changes of that visitor again. #}
with

stg_ga4__consent_states as (
    select
        *,
        -- without a cookie the login tells who it is
        coalesce('client|' || anonymous_id, 'user|' || user_id) as visitor
    from {{ ref('stg_ga4__consent_states') }}
    where reject_reason is null
),

states as (
    {%- for purpose in ['profiling', 'marketing'] %}
    select
        *,
        '{{ purpose }}' as purpose,
        {{ purpose }}_status as status
    from stg_ga4__consent_states
    where {{ purpose }}_status is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

compared_states as (
    select
        *,
        lag(status) over in_time as status_before,
        max(batch_id) over (partition by visitor, purpose) as last_batch_id
    from states
    window
        in_time as (
            partition by visitor, purpose
            order by
                captured_at asc,
                -- of two states of one instant the restrictive one has the last word
                status asc,
                user_id asc nulls last,
                landed_at asc,
                landed_file asc,
                landed_row asc
        )
),

changes as (
    select
        *,
        row_number() over (
            partition by visitor, purpose
            order by
                captured_at asc,
                status asc
        ) as change_number
    from compared_states
    where
        status_before is null
        or status <> status_before
),

final as (
    select
        ---------- ids
        source_name,
        source_table,
        left(
            {{ sha256_hex(
                "visitor || '|' || purpose || '|' || cast(change_number as string)"
            ) }},
            32
        ) as source_record_id,
        user_id,
        anonymous_id,

        ---------- strings
        'web' as channel,
        purpose,
        status,
        'consent' as legal_basis,
        'consent mode' as capture_source,

        ---------- timestamps
        captured_at,

        ---------- metadata
        captured_at as recorded_at,
        last_batch_id as batch_id,
        batch_id as first_batch_id,
        landed_at,
        landed_file,
        landed_row,
        reject_reason,
        payload
    from changes
)

select * from final
