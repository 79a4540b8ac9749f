{# Landed = accepted + duplicate + rejected, for every table: no row is lost, none is counted
   twice. #}
select source_table
from {{ ref('row_accounting') }}
where landed != accepted + duplicate + rejected
