{# One row per version of what matching learnt and parameter of it. #}
with

training_log as (
    select
        *,
        trillionths / cast(1e12 as double) as probability
    from {{ ref('int_identity__training_log') }}
),

current_entries as (
    select max(entry) as entry
    from training_log
),

strangers as (
    select
        entry,
        attribute,
        step,
        probability
    from training_log
    where
        kind = 'level'
        and pair_class = 'strangers'
),

final as (
    select
        training_log.entry || '|' || training_log.kind || '|' || training_log.pair_class
        || '|' || training_log.attribute || '|' || training_log.step as parameter_key,
        training_log.training_version,
        training_log.learnt_at,
        training_log.entry = current_entries.entry as is_current,
        training_log.kind,
        training_log.pair_class,
        nullif(training_log.attribute, '') as compared_by,
        nullif(training_log.step, 0) as step,
        nullif(training_log.step_name, '') as step_name,
        training_log.probability,
        case
            when training_log.pair_class <> 'strangers' and strangers.probability > 0
                then round(log2(training_log.probability / strangers.probability), 2)
        end as match_weight
    from training_log
    cross join current_entries
    left join strangers
        on
            training_log.kind = 'level'
            and training_log.entry = strangers.entry
            and training_log.attribute = strangers.attribute
            and training_log.step = strangers.step
)

select * from final
