{#- E.164 form (+34612345678) of a phone number, NULL when it cannot be one: wrong length for its country,
    unknown calling code, one digit repeated, letters.
    Read are: +34 612 345 678, 0034 612345678, (+44) (0)20 7946 0958, +1 415-555-0100 ext 12, and national
    numbers of the countries of phone_plans() with or without their trunk prefix, or with the calling code
    but no plus.
    country_expression: SQL for the ISO alpha-2 country in which a national number is read; where it is NULL,
    and without it, var default_country_code.
    Each step takes the text of the one before exactly once, so that the SQL stays short. -#}
{% macro normalize_phone(expression, country_expression=none) -%}
    {%- set plans = phone_plans() -%}
    {%- set default_country = var('default_country_code') | upper -%}
    {%- if country_expression is none -%}
        {%- set country = "'" ~ default_country ~ "'" -%}
        {%- set read_plans = plans | selectattr('country', 'equalto', default_country) | list -%}
    {%- else -%}
        {%- set country = "upper(coalesce(nullif(trim(" ~ country_expression ~ "), ''), '" ~ default_country ~ "'))" -%}
        {%- set read_plans = plans -%}
    {%- endif -%}
    {%- set planned_codes = plans | map(attribute='code') | unique | list -%}
    {%- set trunk_codes = plans | selectattr('trunk', 'equalto', '0') | map(attribute='code') | join('|') -%}
    {%- set valid = [] -%}
    {%- for plan in plans -%}
        {%- do valid.append(plan.code ~ plan.national) -%}
    {%- endfor -%}
    {%- do valid.append('(?:' ~ other_calling_codes() | join('|') ~ ')[0-9]{6,12}') -%}
    {%- set any_code = (planned_codes + other_calling_codes()) | join('|') -%}

    {#- 1. no label, no extension, no (0) after a calling code -#}
    {%- set text = regex_replace("lower(cast(" ~ expression ~ " as string))", '^ *(?:tel|phone|mobile|mob)[ .:]*', '') -%}
    {%- set text = regex_replace(text, '[ ,;.-]*(?:extension|extn|ext|x|#).*$', '') -%}
    {%- set text = regex_replace(text, '^( *[(]?(?:[+]|00)[^(]*)[(]0[)]', '\\1') -%}
    {#- 2. country, then only what counts; letters stay, so that they spoil the number -#}
    {%- set text = country ~ " || " ~ regex_replace(text, '[^0-9+a-z]', '') -%}
    {#- 3. every way to write an international number becomes one plus -#}
    {%- set text = regex_replace(text, '^(?:[A-Z ]*[+](?:00)?|[A-Z ]*00|(?:US|CA)011)', '+') -%}
    {%- set text = regex_replace(text, '^[+](' ~ trunk_codes ~ ')0', '+\\1') -%}
    {#- 4. national numbers by the plan of their country: first the number, behind a mark, then the calling code in
        place of the mark. Nine plans share a pattern, as many as there are groups to take the number from: a
        pattern for each plan would cost a pass over every number, and nest deeper than linters can read. -#}
    {%- set national = namespace(text=text) -%}
    {%- for plans_of_pattern in read_plans | batch(9) -%}
        {%- set alternatives = [] -%}
        {%- set groups = [] -%}
        {%- for plan in plans_of_pattern -%}
            {%- do alternatives.append(
                '^' ~ plan.country ~ '(?:' ~ plan.code ~ ')?' ~ (plan.trunk ~ '?' if plan.trunk else '') ~ '(' ~ plan.national ~ ')$'
            ) -%}
            {%- do groups.append('\\' ~ loop.index) -%}
        {%- endfor -%}
        {%- set national.text = regex_replace(national.text, alternatives | join('|'), '@' ~ groups | join) -%}
    {%- endfor -%}
    {%- set calling_codes = [] -%}
    {%- for plan in read_plans -%}
        {%- do calling_codes.append("when '" ~ plan.country ~ "' then '+" ~ plan.code ~ "'") -%}
    {%- endfor -%}
    {%- if calling_codes -%}
        {%- set national.text = "replace(" ~ national.text ~ ", '@', case " ~ country ~ " " ~ calling_codes | join(' ') ~ " else '' end)" -%}
    {%- endif -%}
    {#- 5. one digit repeated is a placeholder -#}
    {%- set text = regex_replace(national.text, '^[+](?:' ~ any_code ~ ')(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$', '') -%}
    nullif({{ regex_extract(text, '^([+](?:' ~ valid | join('|') ~ '))$', 1) }}, '')
{%- endmacro %}

{#- Numbering plans that the platform reads: ISO country, calling code, trunk prefix that a national number may
    carry, and the regular expression of a national number without it. Italy keeps its leading 0. -#}
{% macro phone_plans() -%}
    {{ return([
        {'country': 'ES', 'code': '34', 'trunk': '', 'national': '[5-9][0-9]{8}'},
        {'country': 'PT', 'code': '351', 'trunk': '', 'national': '[2-9][0-9]{8}'},
        {'country': 'FR', 'code': '33', 'trunk': '0', 'national': '[1-9][0-9]{8}'},
        {'country': 'DE', 'code': '49', 'trunk': '0', 'national': '[1-9][0-9]{5,10}'},
        {'country': 'IT', 'code': '39', 'trunk': '', 'national': '(?:0[0-9]{5,10}|3[0-9]{8,9})'},
        {'country': 'GB', 'code': '44', 'trunk': '0', 'national': '[1-9][0-9]{8,9}'},
        {'country': 'US', 'code': '1', 'trunk': '', 'national': '[2-9][0-9]{2}[2-9][0-9]{6}'},
        {'country': 'CA', 'code': '1', 'trunk': '', 'national': '[2-9][0-9]{2}[2-9][0-9]{6}'},
        {'country': 'IE', 'code': '353', 'trunk': '0', 'national': '[1-9][0-9]{6,8}'},
        {'country': 'NL', 'code': '31', 'trunk': '0', 'national': '[1-9][0-9]{8}'},
        {'country': 'BE', 'code': '32', 'trunk': '0', 'national': '[1-9][0-9]{7,8}'},
        {'country': 'LU', 'code': '352', 'trunk': '', 'national': '[2-9][0-9]{4,10}'},
        {'country': 'CH', 'code': '41', 'trunk': '0', 'national': '[1-9][0-9]{8}'},
        {'country': 'AT', 'code': '43', 'trunk': '0', 'national': '[1-9][0-9]{5,12}'},
        {'country': 'DK', 'code': '45', 'trunk': '', 'national': '[2-9][0-9]{7}'},
        {'country': 'NO', 'code': '47', 'trunk': '', 'national': '[2-9][0-9]{7}'},
        {'country': 'SE', 'code': '46', 'trunk': '0', 'national': '[1-9][0-9]{6,9}'},
        {'country': 'FI', 'code': '358', 'trunk': '0', 'national': '[1-9][0-9]{4,10}'},
        {'country': 'PL', 'code': '48', 'trunk': '', 'national': '[1-9][0-9]{8}'},
        {'country': 'RO', 'code': '40', 'trunk': '0', 'national': '[237][0-9]{8}'},
        {'country': 'AD', 'code': '376', 'trunk': '', 'national': '[1-9][0-9]{5}'},
        {'country': 'MA', 'code': '212', 'trunk': '0', 'national': '[5-8][0-9]{8}'},
        {'country': 'MX', 'code': '52', 'trunk': '', 'national': '[1-9][0-9]{9}'},
        {'country': 'AR', 'code': '54', 'trunk': '0', 'national': '9?[1-9][0-9]{9}'},
        {'country': 'BR', 'code': '55', 'trunk': '0', 'national': '[1-9]{2}9?[0-9]{8}'},
        {'country': 'CL', 'code': '56', 'trunk': '', 'national': '[2-9][0-9]{8}'},
        {'country': 'CO', 'code': '57', 'trunk': '', 'national': '[3-6][0-9]{9}'},
    ]) }}
{%- endmacro %}

{#- ITU calling codes without a plan above: their numbers are taken in international form, by length alone. -#}
{% macro other_calling_codes() -%}
    {{ return([
        '7', '20', '27', '30', '36', '51', '53', '58', '60', '61', '62', '63', '64', '65', '66', '81', '82',
        '84', '86', '90', '91', '92', '93', '94', '95', '98', '211', '213', '216', '218', '220', '221', '222',
        '223', '224', '225', '226', '227', '228', '229', '230', '231', '232', '233', '234', '235', '236',
        '237', '238', '239', '240', '241', '242', '243', '244', '245', '246', '247', '248', '249', '250',
        '251', '252', '253', '254', '255', '256', '257', '258', '260', '261', '262', '263', '264', '265',
        '266', '267', '268', '269', '290', '291', '297', '298', '299', '350', '354', '355', '356', '357',
        '359', '370', '371', '372', '373', '374', '375', '377', '378', '380', '381', '382', '383', '385',
        '386', '387', '389', '420', '421', '423', '500', '501', '502', '503', '504', '505', '506', '507',
        '508', '509', '590', '591', '592', '593', '594', '595', '596', '597', '598', '599', '670', '672',
        '673', '674', '675', '676', '677', '678', '679', '680', '681', '682', '683', '685', '686', '687',
        '688', '689', '690', '691', '692', '850', '852', '853', '855', '856', '880', '886', '960', '961',
        '962', '963', '964', '965', '966', '967', '968', '970', '971', '972', '973', '974', '975', '976',
        '977', '992', '993', '994', '995', '996', '998',
    ]) }}
{%- endmacro %}
