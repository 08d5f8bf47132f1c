-- One row an operation, from the SDTM table `pr`.
--
-- Use it as `operations` of a study: `select * from sdtm_operations`. Which procedures are operations on the liver is the
-- trial's own: it names them as they stand in PRTRT, in any case. One without a complete day has no place in time and is
-- left out. Margin and extrahepatic disease are not in this table.
-- Parameter operations = required: procedures (PRTRT) that are liver resections, separated by semicolons (the trial's own names)
-- Source: CDISC SDTM Implementation Guide 3.3, domain PR.
select
  USUBJID as patient_id,
  to_date(substr(cast(PRSTDTC as text), 1, 10)) as operation_date,
  string_agg(distinct lower(trim(PRTRT)), ' + ' order by lower(trim(PRTRT))) as procedure,
  cast(null as text) as margin,
  cast(null as text) as extrahepatic
from pr
where length(cast(PRSTDTC as text)) >= 10
  and array_has(string_to_array(lower(replace($operations, '; ', ';')), ';'), lower(trim(PRTRT)))
group by USUBJID, to_date(substr(cast(PRSTDTC as text), 1, 10))
