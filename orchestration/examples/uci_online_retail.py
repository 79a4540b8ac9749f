"""UCI Online Retail: one year of a British gift retailer (real; 541,909 invoice lines), CC BY 4.0.

Every line of the file becomes exactly one record:

- lines of an invoice: order lines. Lines that repeat each other are two units sold twice, so a line
  is known by its invoice and its place in it, never by its content.
- lines of an invoice that starts with C: returns, with positive units and amounts. The set does not
  say which invoice they take back.
- invoices that start with A (bad debt) and lines with negative units and no price (stock written
  off, without a customer): postings of the ledger, for nobody bought or brought back anything.

Times are the shop's wall clock, so they are read as London time.
"""

from __future__ import annotations

from orchestration.examples.example import Example

LINES = """
    create table lines as
    select
        InvoiceNo as invoice,
        InvoiceNo || '-' || row_number() over (partition by InvoiceNo order by file_row_number)
            as line_id,
        StockCode as product_id,
        Description as description,
        cast(Quantity as bigint) as quantity,
        cast(UnitPrice as decimal(18, 4)) as unit_price,
        cast(round(Quantity * cast(UnitPrice as decimal(18, 4)), 2) as decimal(18, 2)) as amount,
        cast(CustomerID as varchar) as customer,
        Country as country,
        timezone('UTC', timezone('Europe/London', InvoiceDate)) as invoiced_at,
        case
            when InvoiceNo like 'C%' then 'return'
            when InvoiceNo like 'A%' then 'bad_debt'
            when Quantity < 0 and UnitPrice = 0 then 'write_off'
            else 'sale'
        end as kind
    from online_retail
"""

# Names as the set writes them; regions that are no country have no code.
COUNTRIES = """
    create table countries as
    select * from (values
        ('United Kingdom', 'GB'), ('EIRE', 'IE'), ('Germany', 'DE'), ('France', 'FR'),
        ('Finland', 'FI'), ('Poland', 'PL'), ('Norway', 'NO'), ('Portugal', 'PT'),
        ('Sweden', 'SE'), ('Italy', 'IT'), ('Singapore', 'SG'), ('Hong Kong', 'HK'),
        ('Brazil', 'BR'), ('USA', 'US'), ('Canada', 'CA'), ('Denmark', 'DK'), ('Malta', 'MT'),
        ('RSA', 'ZA'), ('Saudi Arabia', 'SA'), ('Belgium', 'BE'), ('Netherlands', 'NL'),
        ('Spain', 'ES'), ('Austria', 'AT'), ('Australia', 'AU'), ('Switzerland', 'CH'),
        ('Israel', 'IL'), ('Czech Republic', 'CZ'), ('Japan', 'JP'), ('Iceland', 'IS'),
        ('Greece', 'GR'), ('Cyprus', 'CY'), ('Bahrain', 'BH'), ('Lithuania', 'LT'),
        ('Lebanon', 'LB'), ('United Arab Emirates', 'AE')
    ) as listed (country, country_code)
"""

EXAMPLE = Example(
    name="uci_online_retail",
    as_of="2011-12-10 00:00:00",
    files={"online_retail": "online_retail.parquet"},
    prepare=(LINES, COUNTRIES),
    tables={
        # Eight customers have lines of two countries: the last one counts.
        "contract/customers": """
            select
                'uci_online_retail' as source_name,
                customer as source_record_id,
                arg_max(country_code, (invoiced_at, line_id)) as country_code,
                min(invoiced_at) as created_at,
                max(invoiced_at) as recorded_at
            from lines
            left join countries using (country)
            where customer is not null
            group by customer
        """,
        "contract/orders": """
            select
                'uci_online_retail' as source_name,
                invoice as source_record_id,
                invoice as order_id,
                max(customer) as customer_record_id,
                min(invoiced_at) as ordered_at,
                'web' as channel,
                'completed' as status,
                'GBP' as currency,
                sum(amount) as total,
                max(invoiced_at) as recorded_at
            from lines
            where kind = 'sale'
            group by invoice
        """,
        "contract/order_lines": """
            select
                'uci_online_retail' as source_name,
                line_id as source_record_id,
                invoice as order_id,
                line_id,
                product_id,
                description as product_name,
                quantity,
                unit_price,
                amount as total,
                invoiced_at as ordered_at,
                invoiced_at as recorded_at
            from lines
            where kind = 'sale'
        """,
        "contract/returns": """
            select
                'uci_online_retail' as source_name,
                line_id as source_record_id,
                invoice as return_id,
                customer as customer_record_id,
                product_id,
                -quantity as quantity,
                -amount as amount,
                'GBP' as currency,
                'post' as return_method,
                invoiced_at as returned_at,
                invoiced_at as recorded_at
            from lines
            where kind = 'return'
        """,
        "contract/finance_ledger": """
            select
                'uci_online_retail' as source_name,
                line_id as source_record_id,
                line_id as posting_id,
                kind as account,
                invoice as order_id,
                line_id,
                'adjustment' as document_type,
                'GBP' as currency,
                amount,
                invoiced_at as posted_at,
                invoiced_at as recorded_at
            from lines
            where kind in ('bad_debt', 'write_off')
        """,
        "contract/products": """
            select
                'uci_online_retail' as source_name,
                product_id as source_record_id,
                product_id,
                arg_max(description, (invoiced_at, line_id)) filter (where kind = 'sale')
                    as product_name,
                max(unit_price) filter (where kind = 'sale' and quantity = 1) as list_price,
                'GBP' as currency,
                max(invoiced_at) as recorded_at
            from lines
            group by product_id
        """,
    },
)
