-- Crawlers: many pages in a steady rhythm, no purchase, a user agent that says what they are.
create or replace temp table bots as
select
    bot_no,
    'bot' || lpad(bot_no::varchar, 6, '0') as person_id,
    as_uuid(opaque('bot cookie', bot_no)) as anonymous_id,
    [
        'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
        'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
        'python-requests/2.32.0',
        'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'
    ][1 + bot_no % 4] as user_agent,
    60 + draw_integer('bot pages', bot_no, 300) as page_count,
    draw_time('bot', bot_no, 1) as started_at,
from range(
    (getvariable('first_person') + 2498) // 2500, 1 + (getvariable('last_person') - 1) // 2500
) as numbers (bot_no);

create or replace temp view "segment.pages__more" as
select
    'pg-b' || left(opaque('bot page', bot_no * 1000 + page_no), 19) as id,
    bots.anonymous_id,
    'product' as name,
    'https://tienda-norte.example/p/' || products.product_id as url,
    '/p/' || products.product_id as path,
    product_name as title,
    '203.0.113.' || bot_no % 250 as context_ip,
    user_agent as context_user_agent,
    bots.started_at + to_seconds(page_no * 4) as timestamp,
    bots.started_at + to_seconds(page_no * 4 + 1) as sent_at,
    bots.started_at + to_seconds(page_no * 4 + 1) as received_at,
    bots.person_id as _person_id,
from bots, range(bots.page_count) as pages (page_no), products
where products.product_no = 1 + (bot_no * 7 + page_no) % getvariable('products');
