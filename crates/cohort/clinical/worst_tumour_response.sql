-- One row a patient and operation: pathological response by the tumour with most viable cells.
--
-- Complete (pCR) when no tumour has any viable cell; otherwise the worst tumour decides: major below $minor_percent %,
-- minor from there on. With a tumour that was not assessed a minor response is certain and no other is.
-- Parameter minor_percent = 50: share from which the response is minor (Blazer 2008)
-- Source: the example study, evaluation of pathological response; classes of Blazer et al. 2008,
-- doi:10.1200/JCO.2008.17.5299.
select
  patient_id,
  operation_date,
  count(*) as tumours_examined,
  count(residual_percent) as tumours_assessed,
  max(residual_percent) as residual_percent,
  case
    when max(residual_percent) >= $minor_percent then 'minor'
    when count(residual_percent) < count(*) then null
    when max(residual_percent) > 0 then 'major'
    else 'complete'
  end as pathological_response,
  case
    when max(residual_percent) >= $minor_percent then null
    when count(residual_percent) < count(*)
      then concat('not computable: ', count(*) - count(residual_percent), ' of ', count(*), ' tumours not assessed')
  end as response_reason
from pathology
group by patient_id, operation_date
