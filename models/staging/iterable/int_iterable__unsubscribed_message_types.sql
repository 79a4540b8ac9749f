{# One row per accepted landed row of iterable.user_unsubscribed_message_type, as the withdrawal
   that it is. #}
{{ iterable_unsubscription_consents(
    ref('stg_iterable__unsubscribed_message_types'),
    'message_type',
    ref('stg_iterable__users'),
    ref('stg_iterable__channels'),
    ref('stg_iterable__message_types'),
) }}
