{#- The harmonised entities whose rows can belong to a person: which expression of a row gives which
    identifier, the time at which it was seen, and the order it belongs to. Values that mean nothing
    outside their source are qualified by it. The one list that the identity graph is built from. -#}
{% macro person_entities() -%}
    {%- set own_record = "records.source_name || '|' || records.source_record_id" -%}
    {%- set record = "records.source_name || '|' || records.customer_record_id" -%}
    {%- set cookie = "records.source_name || '|' || records.anonymous_id" -%}
    {%- set contact_email = "case when records.contact_point like '%@%' then records.contact_point end" -%}
    {%- set contact_phone = "case when records.contact_point like '+%' then records.contact_point end" -%}
    {#- An act at an address is of whom the address leads to, or of nobody: whoever sits at the browser
        may agree to something at somebody else's. -#}
    {%- set own_cookie = "case when records.contact_point is null then " ~ cookie ~ " end" -%}
    {%- set listed = {} -%}
    {%- for type in [
        'national_id', 'loyalty_number', 'user_id', 'email', 'phone', 'social_handle', 'device_id'
    ] -%}
        {%- do listed.update({
            type: "case when records.identifier_type = '" ~ type ~ "' then records.identifier_value end"
        }) -%}
    {%- endfor -%}
    {{ return({
        'customers': {
            'seen_at': 'coalesce(records.created_at, records.recorded_at)',
            'identifiers': {
                'customer_record': own_record,
                'loyalty_number': 'records.loyalty_number',
                'user_id': 'records.user_id',
                'email': 'records.email',
                'phone': 'records.phone',
            },
        },
        'identifiers': {
            'seen_at': 'coalesce(records.observed_at, records.recorded_at)',
            'identifiers': dict(listed, **{
                'customer_record': "case when records.entity = 'customers' "
                    ~ "then records.source_name || '|' || records.entity_record_id end",
                'anonymous_id': "case when records.identifier_type = 'anonymous_id' "
                    ~ "then records.source_name || '|' || records.identifier_value end",
            }),
        },
        'events': {
            'seen_at': 'records.occurred_at',
            'identifiers': {
                'customer_record': record,
                'user_id': 'records.user_id',
                'email': 'records.email',
                'device_id': 'records.device_id',
                'anonymous_id': cookie,
            },
        },
        'orders': {
            'seen_at': 'records.ordered_at',
            'order_id': 'records.order_id',
            'identifiers': {
                'customer_record': record,
                'loyalty_number': 'records.loyalty_number',
                'user_id': 'records.user_id',
                'email': 'records.email',
                'phone': 'records.phone',
                'anonymous_id': cookie,
            },
        },
        'returns': {
            'seen_at': 'records.returned_at',
            'order_id': 'records.order_id',
            'identifiers': {
                'customer_record': record,
                'loyalty_number': 'records.loyalty_number',
                'email': 'records.email',
            },
        },
        'payments': {
            'seen_at': 'records.paid_at',
            'order_id': 'records.order_id',
            'identifiers': {
                'customer_record': record,
                'email': 'records.email',
                'phone': 'records.phone',
            },
        },
        'messages': {
            'seen_at': 'coalesce(records.outcome_at, records.recorded_at)',
            'identifiers': {
                'customer_record': record,
                'email': contact_email,
                'phone': contact_phone,
            },
        },
        'consents': {
            'seen_at': 'records.captured_at',
            'identifiers': {
                'customer_record': record,
                'user_id': 'records.user_id',
                'email': contact_email,
                'phone': contact_phone,
                'anonymous_id': own_cookie,
            },
        },
        'service_contacts': {
            'seen_at': 'records.opened_at',
            'order_id': 'records.order_id',
            'identifiers': {
                'customer_record': record,
                'email': 'records.email',
                'phone': 'records.phone',
            },
        },
        'surveys': {
            'seen_at': 'records.answered_at',
            'order_id': 'records.order_id',
            'identifiers': {
                'customer_record': record,
                'loyalty_number': 'records.loyalty_number',
                'email': 'records.email',
            },
        },
        'store_visits': {
            'seen_at': 'records.visited_at',
            'identifiers': {
                'customer_record': record,
                'loyalty_number': 'records.loyalty_number',
                'email': 'records.email',
            },
        },
        'social_actions': {
            'seen_at': 'records.acted_at',
            'identifiers': {
                'email': 'records.email',
                'social_handle': "lower(records.network || ':' || records.social_handle)",
            },
        },
        'downloads': {
            'seen_at': 'records.downloaded_at',
            'identifiers': {
                'user_id': 'records.user_id',
                'email': 'records.email',
                'anonymous_id': cookie,
            },
        },
        'loyalty_events': {
            'seen_at': 'records.occurred_at',
            'order_id': 'records.order_id',
            'identifiers': {'loyalty_number': 'records.loyalty_number'},
        },
        'campaign_targets': {
            'seen_at': 'records.targeted_at',
            'identifiers': {
                'customer_record': record,
                'email': contact_email,
                'phone': contact_phone,
            },
        },
    }) }}
{%- endmacro %}

{#- Identifier types that link, in the order in which the partner of an identifier is looked for. How far each is
    trusted is said by the seed identifier_types. -#}
{% macro linking_types() -%}
    {{ return([
        'customer_record',
        'national_id',
        'loyalty_number',
        'user_id',
        'email',
        'phone',
        'social_handle',
        'anonymous_id',
        'device_id',
    ]) }}
{%- endmacro %}

{#- A value of an identifier as its type is compared; NULL when nothing is left of it. -#}
{% macro normalized_identifier(value, normaliser) -%}
    nullif(
        case {{ normaliser }}
            when 'lower' then lower(trim({{ value }}))
            when 'alphanumeric' then upper({{ regex_replace(value, '[^0-9A-Za-z]+', '') }})
            else trim({{ value }})
        end,
        ''
    )
{%- endmacro %}

{#- Number of an identifier in the graph: the first 60 bits of its key, so that it is the same in every run. -#}
{% macro identifier_number(key_expression) -%}
    {{ hex_to_number('left(' ~ key_expression ~ ', 15)') }}
{%- endmacro %}

{#- Key of an identifier, the same wherever it is computed. -#}
{% macro identifier_key(type_expression, value_expression) -%}
    {{ sha256_hex(type_expression ~ " || '|' || " ~ value_expression) }}
{%- endmacro %}

{#- SELECT of the records of an entity with one column per linking type (NULL where the entity has none),
    signature_key (a digest of entity, source and identifiers: records that carry the same identifiers
    share it) and the order that the record belongs to. Identifiers that a source lists apart from its
    records (entity identifiers) fill what a record of another kind than customers lacks. -#}
{% macro identity_records(entity, relation, identifiers_relation) -%}
    {%- set rule = person_entities()[entity] -%}
    {%- set takes_listed = entity not in ['customers', 'identifiers'] -%}
    select
        signed.*,
        md5(
            '{{ entity }}'
            || '|' || signed.source_name
            {%- for type in linking_types() %}
            || '|' || coalesce(signed.{{ type }}, '')
            {%- endfor %}
        ) as signature_key
    from (
        select
            records.source_name,
            records.source_record_id,
            {%- for type in linking_types() %}
            {%- set own = rule.identifiers.get(type, 'cast(null as string)') %}
            {%- if takes_listed %}
            {%- set own = own if type in rule.identifiers else none %}
            {{ 'coalesce(' ~ own ~ ', listed.' ~ type ~ ')' if own else 'listed.' ~ type }} as {{ type }},
            {%- else %}
            {{ own }} as {{ type }},
            {%- endif %}
            {%- endfor %}
            {{ rule.get('order_id', 'cast(null as string)') }} as order_id,
            records.first_batch_id,
            records.batch_id,
            {{ rule.seen_at }} as seen_at,
            records.recorded_at
        from {{ relation }} as records
        {%- if takes_listed %}
        left join (
            select
                source_name,
                entity_record_id,
                {%- for type in linking_types() %}
                {%- if type == 'customer_record' %}
                min(
                    case when identifier_type = 'customer_record' then source_name || '|' || identifier_value end
                ) as customer_record,
                {%- elif type == 'anonymous_id' %}
                min(
                    case when identifier_type = 'anonymous_id' then source_name || '|' || identifier_value end
                ) as anonymous_id,
                {%- else %}
                min(case when identifier_type = '{{ type }}' then identifier_value end) as {{ type }},
                {%- endif %}
                {%- endfor %}
                count(*) as listed_count
            from {{ identifiers_relation }}
            where entity = '{{ entity }}'
            group by
                source_name,
                entity_record_id
        ) as listed
            on
                records.source_name = listed.source_name
                and records.source_record_id = listed.entity_record_id
        {%- endif %}
    ) as signed
{%- endmacro %}
