-- One row a patient, line, route and drug: in how many cycles it was given, and from when to when.
--
-- The list in `drugs` is unfolded.
-- Parameter separator = ';': what stands between the drugs of a cycle (the registry model)
-- Source: the table `treatments` of the registry model.
select
  patient_id,
  line,
  route,
  trim(drug) as drug,
  count(distinct cycle) as cycles,
  min(start_date) as first_date,
  max(start_date) as last_date
from (
  select patient_id, cycle, line, route, start_date, unnest(string_to_array(drugs, $separator)) as drug
  from treatments
) as drugs
group by patient_id, line, route, trim(drug)
