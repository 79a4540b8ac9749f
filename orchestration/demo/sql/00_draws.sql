-- Pseudo-random draws. Every draw is a pure function of (seed, purpose, key): the same on every
-- machine, in every order and with any number of threads. md5 is used because its value is fixed by
-- a standard, while an engine's own hash() may change from one version to the next.

-- A number in [0, 1).
create or replace macro draw(purpose, key) as (
    (
        md5_number(getvariable('seed') || '|' || purpose || '|' || key)
        & 1099511627775::uhugeint
    )::bigint / 1099511627776::double
);

-- A whole number in 0 .. options - 1.
create or replace macro draw_integer(purpose, key, options) as (
    floor(draw(purpose, key) * options)::bigint
);

-- A number with an exponential distribution of the given mean.
create or replace macro draw_exponential(purpose, key, mean) as (
    -ln(1 - draw(purpose, key)) * mean
);

-- An element of a list.
create or replace macro draw_any(purpose, key, elements) as (
    elements[1 + floor(draw(purpose, key) * len(elements))::bigint]
);

-- An element of a list; early elements are more frequent.
create or replace macro draw_element(purpose, key, elements) as (
    elements[1 + floor(len(elements) * power(draw(purpose, key), 1.4))::bigint]
);

-- Bijection on 1 .. 2147483646: ids that say nothing about who or when.
create or replace macro scramble(number) as ((number * 48271) % 2147483647);

-- 32 hexadecimal digits for a key.
create or replace macro opaque(purpose, key) as (
    md5(getvariable('seed') || '|' || purpose || '|' || key)
);

-- The same digits in the shape of a UUID.
create or replace macro as_uuid(digits) as (
    left(digits, 8) || '-' || substr(digits, 9, 4) || '-4' || substr(digits, 14, 3)
    || '-a' || substr(digits, 18, 3) || '-' || substr(digits, 21, 12)
);

create or replace macro seconds_after(moment, seconds) as (
    moment + to_microseconds((seconds * 1000000)::bigint)
);

create or replace macro money(amount) as (amount::decimal(18, 2));

-- A half-up rounding to cents, in whole numbers so that no binary fraction takes part.
create or replace macro percent_of(amount, basis_points) as (
    (
        (((amount * 100)::bigint * basis_points + 5000) // 10000) * 0.01::decimal(3, 2)
    )::decimal(18, 2)
);

-- How people type their names: accents dropped, capitals, a slip of the finger.
create or replace macro as_typed(written, style) as (
    case
        when style < 0.24 then strip_accents(written)
        when style < 0.30 then upper(written)
        when style < 0.35 then lower(written)
        when style < 0.37 and length(written) > 4
            then substr(written, 1, 2) || substr(written, 4, 1) || substr(written, 3, 1)
                || substr(written, 5)
        when style < 0.38 then written || ' '
        else written
    end
);

-- How people write their phone: international, with 00, with spaces or dashes, or bare.
create or replace macro phone_as_typed(prefix, number, style) as (
    case
        when number is null then null
        when prefix <> '34' and style < 0.5 then '00' || prefix || number
        when prefix <> '34' then '+' || prefix || ' ' || number
        when style < 0.30 then number
        when style < 0.50 then '+34' || number
        when style < 0.62
            then '+34 ' || left(number, 3) || ' ' || substr(number, 4, 2) || ' '
                || substr(number, 6, 2) || ' ' || substr(number, 8)
        when style < 0.74
            then left(number, 3) || ' ' || substr(number, 4, 3) || ' ' || substr(number, 7)
        when style < 0.82 then '0034' || number
        when style < 0.88 then '0034 ' || left(number, 3) || ' ' || substr(number, 4)
        when style < 0.94
            then left(number, 3) || '-' || substr(number, 4, 3) || '-' || substr(number, 7)
        else '(+34) ' || number
    end
);

-- How people write their e-mail: capitals, a blank at the end, a wrong domain.
create or replace macro email_as_typed(email, style) as (
    case
        when style < 0.05 then upper(email)
        when style < 0.12 then upper(left(email, 1)) || substr(email, 2)
        when style < 0.15 then email || ' '
        else email
    end
);

-- Number of the second loyalty card of those who have two.
create or replace macro second_card(person_no) as (
    '27' || lpad(scramble(person_no * 2 + 1)::varchar, 11, '0')
);

-- One parameter of a GA4 event.
create or replace macro ga4_text(name, content) as (
    struct_pack(
        "key" := name,
        "value" := struct_pack(
            string_value := content::varchar,
            int_value := null::bigint,
            float_value := null::double,
            double_value := null::double
        )
    )
);

create or replace macro ga4_number(name, content) as (
    struct_pack(
        "key" := name,
        "value" := struct_pack(
            string_value := null::varchar,
            int_value := content::bigint,
            float_value := null::double,
            double_value := null::double
        )
    )
);
