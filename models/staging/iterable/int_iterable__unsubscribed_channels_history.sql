{# One row per accepted landed row of iterable.user_unsubscribed_channel_history, as the withdrawal that it is. #}
{{ iterable_unsubscription_consents(
    ref('stg_iterable__unsubscribed_channels_history'),
    'channel',
    ref('stg_iterable__users'),
    ref('stg_iterable__channels'),
    ref('stg_iterable__message_types'),
) }}
