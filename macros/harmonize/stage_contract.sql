{#- The staging view of one entity of the contract source: files that are already in the harmonised shape.
    The columns come from the YAML of the calling model. Each is cleaned by what its name says it holds, so that
    a file of the contract source is no less normalised than a connector: e-mails, phones, names, countries,
    vocabulary words.
    Ids that are the record itself (order_id of an order) default to source_record_id, recorded_at to the time of
    what is told.
    Rejected: no source_name or source_record_id; the source_name of an enabled connector, whose records these
    would mix with; main time missing or impossible; recorded_at impossible. -#}
{% macro stage_contract(entity) -%}
    {%- set main_time = contract_main_times().get(entity) -%}
    {%- set accounting = ['batch_id', 'landed_at', 'landed_file', 'landed_row', 'reject_reason', 'payload'] -%}
    {%- set common = ['source_name', 'source_table', 'source_record_id', 'recorded_at'] -%}
    {%- set contract = model.columns.values() | rejectattr('name', 'in', common + accounting) | list -%}
    {%- set names = contract | map(attribute='name') | list -%}
    {%- set fallback_times = [main_time, 'created_at'] | select('in', names) | list -%}
    {%- set connectors = [] -%}
    {%- for source_name in var('source_entities') if source_name != 'contract' and var(source_name ~ '_enabled', true) -%}
        {%- do connectors.append("'" ~ source_name ~ "'") -%}
    {%- endfor -%}
    {%- set rules = [(clean_id('landed.source_name') ~ ' is null', 'null source name')] -%}
    {%- if connectors -%}
        {%- do rules.append((
            clean_text('landed.source_name') ~ ' in (' ~ connectors | join(', ') ~ ')',
            'source name of an enabled connector'
        )) -%}
    {%- endif -%}
    {%- do rules.extend([
        (clean_id('landed.source_record_id') ~ ' is null', 'null key'),
        ('landed.recorded_at is not null and ' ~ is_bad_time('landed.recorded_at'), 'bad recorded_at'),
    ]) -%}
    {%- if main_time -%}
        {%- do rules.append((is_bad_time('landed.' ~ main_time), 'bad ' ~ main_time)) -%}
    {%- endif -%}
with

files as (
    select * from {{ source('contract', entity) }}
),

landed as (
    select
        files.*,
        {%- if 'country_code' in names %}
        {{ normalize_country_code('files.country_code') }} as known_country_code,
        {%- endif %}
        {{ row_as_json('files') }} as payload
    from files
),

final as (
    select
        ---------- ids
        {{ clean_id('landed.source_name') }} as source_name,
        'contract.{{ entity }}' as source_table,
        {{ clean_id('landed.source_record_id') }} as source_record_id,

        ---------- what the entity tells
        {%- for column in contract %}
        {{ contract_column(entity, column, names) }} as {{ column.name }},
        {%- endfor %}

        ---------- metadata
        {%- if fallback_times %}
        cast(coalesce(
            landed.recorded_at
            {%- for name in fallback_times %},
            {{ known_time('landed.' ~ name) }}
            {%- endfor %}
        ) as timestamp) as recorded_at,
        {%- else %}
        landed.recorded_at,
        {%- endif %}
        {{ landing_columns('landed') }},
        {{ reject_reason(rules) }} as reject_reason,
        landed.payload
    from landed
)

select * from final
{%- endmacro %}

{#- SQL of one column of the contract source, cleaned by what its name says it holds. -#}
{% macro contract_column(entity, column, names) -%}
    {%- set name = column.name -%}
    {%- set raw = 'landed.' ~ name -%}
    {#- dbt hands over the engine's own word for string -#}
    {%- set is_text = column.data_type | lower in ['string', 'text', 'varchar'] -%}
    {%- set country = 'landed.known_country_code' if 'country_code' in names else none -%}
    {%- if name == contract_own_ids().get(entity) -%}
        coalesce({{ clean_id(raw) }}, {{ clean_id('landed.source_record_id') }})
    {%- elif name == 'email' -%}
        {{ normalize_email(raw) }}
    {%- elif name == 'phone' -%}
        {{ normalize_phone(raw, country) }}
    {%- elif name == 'contact_point' -%}
        coalesce({{ normalize_email(raw) }}, {{ normalize_phone(raw) }}, {{ clean_text(raw) }})
    {%- elif name == 'identifier_value' -%}
        case lower({{ clean_text('landed.identifier_type') }})
            when 'email' then {{ normalize_email(raw) }}
            when 'phone' then {{ normalize_phone(raw) }}
            else {{ clean_text(raw) }}
        end
    {%- elif name in ['given_name', 'family_name', 'second_family_name', 'full_name'] -%}
        {{ normalize_name(raw) }}
    {%- elif name == 'rejected_values' -%}
        {{ rejected_values([
            ('given_name', 'landed.given_name', normalize_name('landed.given_name')),
            ('family_name', 'landed.family_name', normalize_name('landed.family_name')),
            ('email', 'landed.email', normalize_email('landed.email')),
            ('phone', 'landed.phone', normalize_phone('landed.phone', country)),
            ('postal_code', 'landed.postal_code', normalize_postal_code('landed.postal_code', country)),
            ('country_code', 'landed.country_code', country),
        ]) }}
    {%- elif name == 'country_code' -%}
        {{ country }}
    {%- elif name == 'postal_code' -%}
        {{ normalize_postal_code(raw, country) }}
    {%- elif name == 'language' -%}
        nullif({{ regex_extract('lower(' ~ clean_text(raw) ~ ')', '^([a-z]{2})([^a-z]|$)') }}, '')
    {%- elif name in ['currency', 'points_currency'] -%}
        upper({{ clean_text(raw) }})
    {%- elif entity == 'orders' and name == 'status' -%}
        coalesce(lower({{ clean_text(raw) }}), 'completed')
    {%- elif name in contract_words() and is_text -%}
        lower({{ clean_text(raw) }})
    {%- elif entity == 'order_lines' and name == 'total' -%}
        cast(coalesce(
            landed.total,
            round(landed.quantity * landed.unit_price, 2) - coalesce(landed.discount, 0)
        ) as {{ column.data_type }})
    {%- elif is_text and name.split('_') | last in ['id', 'key', 'url'] -%}
        {{ clean_id(raw) }}
    {%- elif is_text -%}
        {{ clean_text(raw) }}
    {%- else -%}
        {{ raw }}
    {%- endif -%}
{%- endmacro %}

{#- The time without which a row of an entity says nothing. -#}
{% macro contract_main_times() -%}
    {{ return({
        'events': 'occurred_at',
        'orders': 'ordered_at',
        'returns': 'returned_at',
        'payments': 'paid_at',
        'stock': 'observed_at',
        'messages': 'outcome_at',
        'consents': 'captured_at',
        'list_checks': 'checked_at',
        'service_contacts': 'opened_at',
        'surveys': 'answered_at',
        'store_visits': 'visited_at',
        'social_actions': 'acted_at',
        'downloads': 'downloaded_at',
        'loyalty_events': 'occurred_at',
        'campaign_targets': 'targeted_at',
        'finance_ledger': 'posted_at',
        'ad_spend': 'spend_date',
    }) }}
{%- endmacro %}

{#- The id column that is the record itself. -#}
{% macro contract_own_ids() -%}
    {{ return({
        'events': 'event_id',
        'orders': 'order_id',
        'order_lines': 'line_id',
        'returns': 'return_id',
        'payments': 'payment_id',
        'products': 'product_id',
        'variants': 'variant_id',
        'messages': 'message_id',
        'service_contacts': 'contact_id',
        'surveys': 'response_id',
        'store_visits': 'visit_id',
        'social_actions': 'action_id',
        'downloads': 'download_id',
        'loyalty_events': 'event_id',
        'campaigns': 'campaign_id',
        'coupons': 'coupon_code',
        'finance_ledger': 'posting_id',
    }) }}
{%- endmacro %}

{#- Columns that hold a word of a vocabulary: lower case. -#}
{% macro contract_words() -%}
    {{ return([
        'gender', 'entity', 'identifier_type', 'event_type', 'channel', 'status', 'outcome', 'purpose',
        'return_method', 'legal_basis', 'priority', 'survey_type', 'visit_type', 'action_type', 'network',
         'discount_type', 'document_type', 'account', 'platform', 'label', 'direction', 'campaign_type',
         'payment_brand', 'dispute_status', 'list_code', 'identifier_hash', 'result',
    ]) }}
{%- endmacro %}
