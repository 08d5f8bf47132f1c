-- One row a patient and line of treatment: its days, cycles and regimens.
--
-- A cycle of two routes stands in two rows and is counted once.
-- Source: the table `treatments` of the registry model.
select
  patient_id,
  line,
  min(start_date) as first_cycle_date,
  max(start_date) as last_cycle_date,
  count(distinct cycle) as cycles,
  string_agg(distinct regimen, ' + ' order by regimen) as regimens
from treatments
group by patient_id, line
