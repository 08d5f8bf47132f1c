-- One row a patient with tumours examined at the index operation: pathological response over all of them.
--
-- Rule: the share of residual viable tumour cells is judged in every resected tumour. The response is complete (pCR)
-- when no tumour has any; otherwise the tumour with most decides: major below 50 %, minor from 50 %. A patient with
-- a tumour that was not assessed cannot be called a complete responder, so the response is unknown; with none
-- assessed there is no information at all, and the patient cannot enter the study.
-- Source: the published study, evaluation of pathological response.
select
  pathology.patient_id,
  count(*) as tumours_examined,
  count(pathology.residual_percent) as tumours_assessed,
  max(pathology.residual_percent) as residual_percent,
  case
    when max(pathology.residual_percent) >= 50 then 'minor'
    when count(pathology.residual_percent) < count(*) then null
    when max(pathology.residual_percent) > 0 then 'major'
    else 'complete'
  end as pathological_response
from pathology
join index_operations
  on index_operations.patient_id = pathology.patient_id
  and index_operations.operation_date = pathology.operation_date
group by pathology.patient_id
