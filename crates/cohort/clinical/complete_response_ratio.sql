-- One row a patient and operation: the share of resected tumours without any viable cell.
--
-- High from $high_from on. Not every tumour of a patient responds alike, which neither the mean nor the worst tumour tells.
-- A tumour that was not assessed makes the share unknown.
-- Parameter high_from = 0.5: least share that is high (the paper)
-- Source: Xu et al. 2022, doi:10.3389/pore.2022.1610663.
select
  patient_id,
  operation_date,
  count(*) as tumours_examined,
  count(residual_percent) as tumours_assessed,
  count(case when residual_percent = 0 then 1 end) as tumours_complete,
  case when count(residual_percent) = count(*)
    then count(case when residual_percent = 0 then 1 end) / cast(count(*) as double)
  end as complete_response_ratio,
  case
    when count(residual_percent) < count(*) then null
    when count(case when residual_percent = 0 then 1 end) / cast(count(*) as double) >= $high_from then 'high'
    else 'low'
  end as complete_response_ratio_group,
  case when count(residual_percent) < count(*)
    then concat('not computable: ', count(*) - count(residual_percent), ' of ', count(*), ' tumours not assessed')
  end as ratio_reason
from pathology
group by patient_id, operation_date
