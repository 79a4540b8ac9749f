{# One row per ordered pair of forms that one given name has, the name itself among them. #}
with

nicknames as (
    select
        nickname,
        given_name
    from {{ ref('nicknames') }}
),

name_forms as (
    select
        nickname as form,
        given_name
    from nicknames
    union
    select
        given_name as form,
        given_name
    from nicknames
),

final as (
    select
        one.form as form_one,
        other.form as form_other
    from name_forms as one
    inner join name_forms as other
        on one.given_name = other.given_name
    group by
        one.form,
        other.form
)

select * from final
