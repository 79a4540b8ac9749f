{{ config(materialized='table') }}

{# One row per customer, contact point, channel, purpose and brand, stretch of time and stretch of
   knowledge with one answer: valid_from to valid_to is when it held, known_from to known_to is
   when this was what the company knew. What held at a moment t is the row with t between
   valid_from and valid_to and no end of known_to; what was known at t, the row in which t lies
   both ways. No row means no. #}
with

unified_consent_acts as (
    select
        act_key,
        customer_id,
        source_name,
        customer_record_id,
        contact_point_type,
        contact_point,
        channel,
        purpose,
        brand,
        legal_basis,
        captured_at,
        recorded_at
    from {{ ref('unified_consent_acts') }}
    where status = 'granted'
),

int_customer__record_points as (
    select
        customer_id,
        source_name,
        source_record_id,
        contact_point_type,
        contact_point
    from {{ ref('int_customer__record_points') }}
),

int_customer__contact_points as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        contact_point_key
    from {{ ref('int_customer__contact_points') }}
),

int_customer__refusals as (
    select * from {{ ref('int_customer__refusals') }}
    where captured_at <= {{ as_of() }}
),

int_customer__permissions as (
    select * from {{ ref('int_customer__permissions') }}
),

consent_channels as (
    select
        channel,
        contact_point_type
    from {{ ref('consent_channels') }}
),

consent_purposes as (
    select purpose
    from {{ ref('consent_purposes') }}
),

-- A brand that somebody has decided on; * stands for a message of no particular one.
brands as (
    select '*' as brand

    union

    select brand
    from unified_consent_acts

    union

    select brand
    from int_customer__refusals
),

-- A yes that names no contact point speaks for those of the record on which it was given, never
-- for others of the same person: a merge gives nobody a consent.
grants as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        purpose,
        brand,
        act_key,
        legal_basis,
        true as is_point_named,
        captured_at,
        recorded_at
    from unified_consent_acts
    where
        customer_id is not null
        and contact_point is not null

    union all

    select
        int_customer__record_points.customer_id,
        int_customer__record_points.contact_point_type,
        int_customer__record_points.contact_point,
        unified_consent_acts.channel,
        unified_consent_acts.purpose,
        unified_consent_acts.brand,
        unified_consent_acts.act_key,
        unified_consent_acts.legal_basis,
        false as is_point_named,
        unified_consent_acts.captured_at,
        unified_consent_acts.recorded_at
    from unified_consent_acts
    inner join int_customer__record_points
        on
            unified_consent_acts.source_name = int_customer__record_points.source_name
            and unified_consent_acts.customer_record_id
            = int_customer__record_points.source_record_id
    where unified_consent_acts.contact_point is null
),

-- Effects, in the order in which they count at one instant: explicit (a yes for this contact
-- point, channel, purpose and brand), general (a yes that is wider), permitted (no consent, but a
-- rule that does without), then a refusal of this contact point, or of another one of the person.
stated_effects as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        purpose,
        brand,
        case
            when legal_basis <> 'consent' then 'permitted'
            when is_point_named and channel <> 'all' and purpose <> 'all' then 'explicit'
            else 'general'
        end as effect,
        act_key,
        legal_basis,
        captured_at,
        recorded_at,
        cast(null as timestamp) as expires_at
    from grants

    union all

    select
        int_customer__contact_points.customer_id,
        int_customer__contact_points.contact_point_type,
        int_customer__contact_points.contact_point,
        int_customer__refusals.channel,
        int_customer__refusals.purpose,
        int_customer__refusals.brand,
        case when int_customer__refusals.is_direct then 'refused' else 'refused_elsewhere' end
            as effect,
        int_customer__refusals.act_key,
        'consent' as legal_basis,
        int_customer__refusals.captured_at,
        int_customer__refusals.recorded_at,
        cast(null as timestamp) as expires_at
    from int_customer__contact_points
    inner join int_customer__refusals
        on
            int_customer__contact_points.contact_point_type
            = int_customer__refusals.contact_point_type
            and int_customer__contact_points.contact_point_key
            = int_customer__refusals.contact_point_key

    union all

    select
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        'marketing' as purpose,
        '*' as brand,
        'permitted' as effect,
        'orders|' || source_name || '|' || source_record_id as act_key,
        legal_basis,
        ordered_at as captured_at,
        recorded_at,
        expires_at
    from int_customer__permissions
),

-- A refusal of one brand also closes the contact point to messages of no particular brand; a yes
-- to no particular brand is a general one for each.
effects as (
    select
        md5(
            stated_effects.customer_id
            || '|' || consent_channels.channel
            || '|' || consent_purposes.purpose
            || '|' || brands.brand
            || '|' || stated_effects.contact_point
        ) as question_key,
        stated_effects.customer_id,
        stated_effects.contact_point_type,
        stated_effects.contact_point,
        consent_channels.channel,
        consent_purposes.purpose,
        brands.brand,
        case
            when stated_effects.effect = 'explicit' and stated_effects.brand <> brands.brand
                then 'general'
            else stated_effects.effect
        end as effect,
        case
            when stated_effects.effect in ('refused', 'refused_elsewhere') then 2
            else 1
        end as effect_order,
        stated_effects.act_key,
        stated_effects.legal_basis,
        stated_effects.captured_at,
        -- A time of record that lies in the future of the run says nothing.
        case
            when stated_effects.recorded_at > {{ as_of() }} then stated_effects.captured_at
            else greatest(stated_effects.captured_at, stated_effects.recorded_at)
        end as known_at,
        coalesce(stated_effects.expires_at, cast('9999-12-31' as timestamp)) as expires_at
    from stated_effects
    inner join consent_channels
        on
            stated_effects.contact_point_type = consent_channels.contact_point_type
            and (
                stated_effects.channel = consent_channels.channel
                or stated_effects.channel = 'all'
            )
    inner join consent_purposes
        on
            stated_effects.purpose = consent_purposes.purpose
            or stated_effects.purpose = 'all'
    inner join brands
        on
            stated_effects.brand = brands.brand
            or stated_effects.brand = '*'
            or (
                brands.brand = '*'
                and stated_effects.effect in ('refused', 'refused_elsewhere')
            )
),

-- Sources repeat themselves. Of the yeses between two refusals, and of the refusals between two
-- explicit yeses, the first decides, and a later one only as far as it was known earlier or lasts
-- longer: that leaves a handful of acts where there may be thousands.
counted_effects as (
    select
        *,
        sum(case when effect = 'refused' then 1 else 0 end) over so_far as refused_count,
        sum(case when effect = 'explicit' then 1 else 0 end) over so_far as explicit_count
    from effects
    window
        so_far as (
            partition by question_key
            order by captured_at asc, effect_order asc, known_at asc, act_key asc
            rows between unbounded preceding and current row
        )
),

repeated_effects as (
    select
        *,
        min(known_at) over earlier as known_before,
        max(expires_at) over earlier as expires_before
    from counted_effects
    window
        earlier as (
            partition by
                question_key,
                effect,
                case when effect_order = 1 then refused_count else explicit_count end
            order by captured_at asc, known_at asc, act_key asc
            rows between unbounded preceding and 1 preceding
        )
),

deciding_effects as (
    select
        *,
        count(*) over (partition by question_key) as effect_count
    from repeated_effects
    where
        known_before is null
        or known_at < known_before
        or expires_at > expires_before
),

-- Most answers rest on one act.
single_answers as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        purpose,
        brand,
        effect,
        case effect
            when 'permitted' then 'permitted'
            when 'refused' then 'only_withdrawals'
            else 'only_grants'
        end as rule,
        act_key,
        legal_basis,
        captured_at as valid_from,
        expires_at as valid_to,
        known_at as known_from,
        cast('9999-12-31' as timestamp) as known_to
    from deciding_effects
    where
        effect_count = 1
        and effect <> 'refused_elsewhere'
),

-- The end of a permission is a moment of change as well.
moments as (
    select
        question_key,
        effect,
        effect_order,
        act_key,
        captured_at,
        known_at,
        expires_at
    from deciding_effects
    where effect_count > 1

    union all

    select
        question_key,
        'end' as effect,
        3 as effect_order,
        act_key,
        expires_at as captured_at,
        known_at,
        expires_at
    from deciding_effects
    where
        effect_count > 1
        and expires_at < cast('9999-12-31' as timestamp)
),

views as (
    select
        question_key,
        known_at as view_at,
        row_number() over (partition by question_key order by known_at asc) as view_number,
        lead(known_at) over (partition by question_key order by known_at asc) as next_view_at
    from moments
    group by
        question_key,
        known_at
),

-- From each moment of knowledge one sees the acts known by then in the order of time, and at each
-- of them the last word of every effect.
seen_moments as (
    select
        moments.question_key,
        views.view_number,
        views.view_at,
        views.next_view_at,
        moments.captured_at,
        row_number() over last_word as word_rank,
        {%- for effect in ['explicit', 'general', 'permitted', 'refused', 'refused_elsewhere'] %}
        max(case when moments.effect = '{{ effect }}' then moments.captured_at end) over so_far
            as {{ effect }}_at,
        {%- endfor %}
        max(case when moments.effect = 'permitted' then moments.expires_at end) over so_far
            as permitted_until
    from moments
    inner join views
        on
            moments.question_key = views.question_key
            and moments.known_at <= views.view_at
    window
        so_far as (
            partition by moments.question_key, views.view_number
            order by moments.captured_at asc, moments.effect_order asc, moments.act_key asc
            rows between unbounded preceding and current row
        ),
        last_word as (
            partition by moments.question_key, views.view_number, moments.captured_at
            order by moments.effect_order desc, moments.act_key desc
        )
),

judged_moments as (
    select
        *,
        case
            when explicit_at > refused_at then 'explicit'
            when refused_at is not null then 'refused'
            when explicit_at is not null then 'explicit'
            when general_at is not null then 'general'
            when refused_elsewhere_at is null and permitted_until > captured_at then 'permitted'
            else 'none'
        end as effect
    from seen_moments
    where word_rank = 1
),

answered_moments as (
    select
        question_key,
        view_number,
        view_at,
        next_view_at,
        captured_at,
        effect,
        case effect
            when 'explicit' then explicit_at
            when 'general' then general_at
            when 'permitted' then permitted_at
            when 'refused' then refused_at
        end as effect_at,
        case
            when effect = 'permitted' then 'permitted'
            when effect = 'refused' and explicit_at is null and general_at is null
                then 'only_withdrawals'
            when effect = 'refused' then 'most_restrictive'
            when refused_at is not null then 'reopened_by_opt_in'
            else 'only_grants'
        end as rule
    from judged_moments
),

neighbouring_moments as (
    select
        *,
        lag(effect) over in_time as effect_before,
        lag(effect_at) over in_time as effect_at_before,
        lag(rule) over in_time as rule_before
    from answered_moments
    window
        in_time as (partition by question_key, view_number order by captured_at asc)
),

answers as (
    select
        question_key,
        view_number,
        view_at,
        next_view_at,
        effect,
        effect_at,
        rule,
        captured_at as valid_from,
        coalesce(
            lead(captured_at) over (
                partition by question_key, view_number
                order by captured_at asc
            ),
            cast('9999-12-31' as timestamp)
        ) as valid_to
    from neighbouring_moments
    where
        effect_before is null
        or effect <> effect_before
        or effect_at <> effect_at_before
        or rule <> rule_before
),

-- The same answer from consecutive moments of knowledge is one row.
numbered_answers as (
    select
        *,
        view_number - row_number() over (
            partition by question_key, effect, effect_at, rule, valid_from, valid_to
            order by view_number asc
        ) as stretch_number
    from answers
    where effect <> 'none'
),

contested_answers as (
    select
        question_key,
        effect,
        effect_at,
        rule,
        valid_from,
        valid_to,
        min(view_at) as known_from,
        max(coalesce(next_view_at, cast('9999-12-31' as timestamp))) as known_to
    from numbered_answers
    group by
        question_key,
        effect,
        effect_at,
        rule,
        valid_from,
        valid_to,
        stretch_number
),

-- The act behind an answer, found again by its time.
evidence as (
    select
        question_key,
        effect,
        captured_at,
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        purpose,
        brand,
        min(legal_basis) as legal_basis,
        min(act_key) as act_key
    from deciding_effects
    where effect_count > 1
    group by
        question_key,
        effect,
        captured_at,
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        purpose,
        brand
),

unioned_answers as (
    select * from single_answers

    union all

    select
        evidence.customer_id,
        evidence.contact_point_type,
        evidence.contact_point,
        evidence.channel,
        evidence.purpose,
        evidence.brand,
        contested_answers.effect,
        contested_answers.rule,
        evidence.act_key,
        evidence.legal_basis,
        contested_answers.valid_from,
        contested_answers.valid_to,
        contested_answers.known_from,
        contested_answers.known_to
    from contested_answers
    inner join evidence
        on
            contested_answers.question_key = evidence.question_key
            and contested_answers.effect = evidence.effect
            and contested_answers.effect_at = evidence.captured_at
),

final as (
    select
        customer_id,
        contact_point_type,
        contact_point,
        channel,
        purpose,
        brand,
        case effect
            when 'refused' then 'withdrawn'
            when 'permitted' then 'permitted'
            else 'granted'
        end as status,
        rule,
        case when effect <> 'refused' then legal_basis end as legal_basis,
        act_key,
        valid_from,
        case when valid_to < cast('9999-12-31' as timestamp) then valid_to end as valid_to,
        known_from,
        case when known_to < cast('9999-12-31' as timestamp) then known_to end as known_to
    from unioned_answers
)

select * from final
