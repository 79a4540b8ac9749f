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
    {%- set other_codes = [] -%}
    {%- for lengths, codes in other_calling_codes().items() -%}
        {%- do other_codes.extend(codes.split(' ')) -%}
        {%- do valid.append(
            '(?:' ~ codes | replace(' ', '|') ~ ')(?:[0-9]{' ~ lengths | replace(' ', '}|[0-9]{') ~ '})'
        ) -%}
    {%- endfor -%}
    {%- set any_code = (planned_codes + other_codes) | join('|') -%}

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
    {%- if read_plans | selectattr('country', 'equalto', 'AR') | list -%}
        {#- a mobile in Argentina is dialled 011 15 2345 6789 at home and 9 11 2345 6789 from abroad -#}
        {%- set text = regex_replace(
            text,
            '^AR(?:54)?0?(?:(11)15([0-9]{8})|([2368][0-9]{2})15([0-9]{7})|([23][0-9]{3})15([0-9]{6}))$',
            'AR9\\1\\2\\3\\4\\5\\6'
        ) -%}
    {%- endif -%}
    {%- set national = namespace(text=text) -%}
    {%- for plans_of_pattern in read_plans | batch(9) -%}
        {%- set alternatives = [] -%}
        {%- set groups = [] -%}
        {%- for plan in plans_of_pattern -%}
            {%- do alternatives.append(
                '^' ~ plan.country ~ '(?:' ~ plan.code ~ ')??' ~ (plan.trunk ~ '?' if plan.trunk else '') ~ '(' ~ plan.national ~ ')$'
            ) -%}
            {%- do groups.append('\\' ~ loop.index) -%}
        {%- endfor -%}
        {%- set national.text = regex_replace(national.text, alternatives | join('|'), '@' ~ groups | join) -%}
    {%- endfor -%}
    {%- if read_plans -%}
        {#- found by its place in one constant text, before which there is nothing for countries without a plan: a
            branch for each plan would repeat the SQL of the country as often -#}
        {%- set calling_codes = [] -%}
        {%- for plan in read_plans -%}
            {%- do calling_codes.append('|' ~ plan.country ~ ':' ~ '%-4s' | format('+' ~ plan.code)) -%}
        {%- endfor -%}
        {%- set directory = "'" ~ ' ' * 8 ~ calling_codes | join ~ "'" -%}
        {%- set national.text = "replace(" ~ national.text ~ ", '@', trim(substr(" ~ directory ~ ", instr("
            ~ directory ~ ", '|' || " ~ country ~ " || ':') + 4, 4)))" -%}
    {%- endif -%}
    {#- 5. one digit repeated is a placeholder; few countries have numbers that begin with 0 -#}
    {%- set no_zero = other_codes | reject('in', ['225', '229', '241', '242', '378']) | join('|') -%}
    {%- set text = regex_replace(
        national.text,
        '^[+](?:(?:' ~ any_code ~ ')(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)|(?:' ~ no_zero ~ ')0.*)$',
        ''
    ) -%}
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
        {'country': 'IT', 'code': '39', 'trunk': '', 'national': '(?:0[0-9]{5,10}|3[0-9]{8,9}|(?:178|55[0-9])[0-9]{7})'},
        {'country': 'GB', 'code': '44', 'trunk': '0', 'national': '[1-9][0-9]{8,9}'},
        {'country': 'US', 'code': '1', 'trunk': '', 'national': '[2-9][0-9]{2}[2-9][0-9]{6}'},
        {'country': 'CA', 'code': '1', 'trunk': '', 'national': '[2-9][0-9]{2}[2-9][0-9]{6}'},
        {'country': 'IE', 'code': '353', 'trunk': '0', 'national': '[1-9][0-9]{6,8}'},
        {'country': 'NL', 'code': '31', 'trunk': '0', 'national': '[1-9][0-9]{8}'},
        {'country': 'BE', 'code': '32', 'trunk': '0', 'national': '[1-9][0-9]{7,8}'},
        {'country': 'LU', 'code': '352', 'trunk': '',
            'national': '(?:[24-9][0-9]{4,10}|3(?:[0-46-9][0-9]{3,9}|5[013-9][0-9]{2,8}))'},
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

{#- ITU calling codes without a plan above, by the lengths of their countries' numbers ('7,9' = 7 to 9 digits behind
    the code, '7 9' = 7 or 9): these are read in international form alone. -#}
{% macro other_calling_codes() -%}
    {{ return({
        '4,5': '290',
        '4,7': '690',
        '4 7': '683',
        '5': '247 500 682',
        '5,7': '688',
        '5,9': '27',
        '5,7 10': '685',
        '5,6 8,11': '82',
        '5 7': '676 677 678',
        '5 8': '686',
        '6': '298 299 672 681 687',
        '6,7': '597',
        '6,9': '252 359',
        '6,10': '95 880',
        '6,8 10': '53',
        '6,7 9': '421',
        '6,7 10': '98',
        '6 8,10': '63',
        '6 9': '508',
        '7': '238 239 246 248 269 291 297 501 592 673 674 679 680 691 692 960',
        '7,8': '230 241 267 372 507 599 670 675 961 975',
        '7,9': '231 254 595 967',
        '7,10': '243',
        '7,11': '86',
        '7,12': '62 381',
        '7 9': '220 245 265 354 423',
        '8': '65 216 222 223 226 227 228 232 235 236 253 257 266 268 350 356 357 370 371 373 374 382 386 389 '
            ~ '502 503 504 505 506 509 591 598 689 852 853 965 968 973 974 993',
        '8,9': '36 51 66 213 224 250 258 264 355 377 385 387 593 855 962 963 970 971',
        '8,10': '20 60 64 856 964 976',
        '8,11': '886',
        '8,12': '383',
        '8,9 11,12': '972',
        '8 10': '378 850 977',
        '9': '61 93 94 211 218 221 233 237 240 242 244 249 251 255 256 260 261 262 375 380 420 590 594 596 '
            ~ '966 992 994 995 996 998',
        '9,10': '81 84 92 263',
        '10': '7 30 58 90 91 225 229 234',
    }) }}
{%- endmacro %}
