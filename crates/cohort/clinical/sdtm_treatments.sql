-- One row a subject, day of treatment and route, from the SDTM table `ex`.
--
-- Use it as `treatments` of a study: `select * from sdtm_treatments`. A day on which a treatment begins is a cycle,
-- counted from the first; one whose day is not known has no number. Lines and regimens are not in this table.
-- Optional ex.EXROUTE = text: the route has no value
-- Source: CDISC SDTM Implementation Guide 3.3, domain EX.
with days as (
  select
    USUBJID as patient_id,
    lower(cast(EXROUTE as text)) as route,
    case when length(cast(EXSTDTC as text)) >= 10 then to_date(substr(cast(EXSTDTC as text), 1, 10)) end as start_date,
    string_agg(distinct lower(trim(EXTRT)), ';' order by lower(trim(EXTRT))) as drugs
  from ex
  group by
    USUBJID,
    lower(cast(EXROUTE as text)),
    case when length(cast(EXSTDTC as text)) >= 10 then to_date(substr(cast(EXSTDTC as text), 1, 10)) end
)
select
  patient_id,
  case when start_date is not null
    then dense_rank() over (partition by patient_id order by start_date nulls last) end as cycle,
  cast(null as bigint) as line,
  start_date,
  cast(null as text) as regimen,
  drugs,
  route
from days
