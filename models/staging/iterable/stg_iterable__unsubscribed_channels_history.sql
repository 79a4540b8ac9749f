{# One row per landed row of iterable.user_unsubscribed_channel_history. Feeds int_iterable__consents. #}
{{ stage_iterable_unsubscriptions('user_unsubscribed_channel_history', 'channel') }}
