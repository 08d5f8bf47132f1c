-- One row a patient and operation: pathological response by the mean share of viable cells over all tumours (Blazer).
--
-- Complete: no viable cell in any tumour; otherwise the mean decides. A tumour that was not assessed makes the mean
-- unknown.
-- Parameter minor_percent = 50: share from which the response is minor (Blazer 2008)
-- Source: Blazer et al. 2008, doi:10.1200/JCO.2008.17.5299.
select
  patient_id,
  operation_date,
  count(*) as tumours_examined,
  count(residual_percent) as tumours_assessed,
  case when count(residual_percent) = count(*) then avg(residual_percent) end as mean_residual_percent,
  case
    when count(residual_percent) < count(*) then null
    when max(residual_percent) = 0 then 'complete'
    when avg(residual_percent) < $minor_percent then 'major'
    else 'minor'
  end as pathological_response,
  case when count(residual_percent) < count(*)
    then concat('not computable: ', count(*) - count(residual_percent), ' of ', count(*), ' tumours not assessed')
  end as response_reason
from pathology
group by patient_id, operation_date
