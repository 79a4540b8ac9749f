{# One row per landed row of iterable.user_unsubscribed_channel. Feeds int_iterable__consents. #}
{{ stage_iterable_unsubscriptions('user_unsubscribed_channel', 'channel') }}
