{# A line has an e-mail or a phone; sent_hashes are 64 lower-case hexadecimal digits and never that
   of nothing; what stands in clear cannot be taken for a formula by a spreadsheet. #}
with

activation_lines as (
    select *
    from {{ ref('sync_google_customer_match__lapsed_high_value') }}

    union all

    select *
    from {{ ref('sync_google_customer_match__recent_browsers') }}
),

sent_hashes as (
    select
        customer_id,
        email_sha256 as hash
    from activation_lines

    union all

    select
        customer_id,
        phone_sha256 as hash
    from activation_lines

    union all

    select
        customer_id,
        first_name_sha256 as hash
    from activation_lines

    union all

    select
        customer_id,
        last_name_sha256 as hash
    from activation_lines
)

select customer_id
from activation_lines
where
    (email_sha256 is null and phone_sha256 is null)
    or not {{ regex_matches("coalesce(country_code, 'ES')", '^[A-Z]{2}$') }}
    or not {{ regex_matches("coalesce(postal_code, '28001')", '^[A-Z0-9][A-Z0-9 -]+$') }}

union all

select customer_id
from sent_hashes
where
    hash = {{ sha256_hex("''") }}
    or not {{ regex_matches("coalesce(hash, repeat('0', 64))", '^[0-9a-f]{64}$') }}
