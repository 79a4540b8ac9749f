{# One row per currency and span of days: units of the reporting currency for one unit. The
   first rate known also serves the days before it, the last one the days after. #}
with

currency_rates as (
    select
        currency,
        valid_from,
        rate
    from {{ ref('currency_rates') }}
    where
        reporting_currency = '{{ var("reporting_currency") }}'
        and currency <> '{{ var("reporting_currency") }}'
),

spans as (
    select
        currency,
        valid_from,
        lag(valid_from) over (partition by currency order by valid_from) as previous_from,
        lead(valid_from) over (partition by currency order by valid_from) as next_from,
        rate
    from currency_rates
),

final as (
    select
        currency,
        case when previous_from is null then cast('1900-01-01' as date) else valid_from end
            as valid_from,
        coalesce(next_from, cast('9999-12-31' as date)) as valid_to,
        cast(rate as decimal(12, 6)) as rate
    from spans

    union all

    select
        '{{ var("reporting_currency") }}' as currency,
        cast('1900-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_to,
        cast(1 as decimal(12, 6)) as rate
)

select * from final
