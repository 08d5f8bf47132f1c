-- One row a patient with tumours examined at the index operation: the response of the worst tumour decides.
--
-- With none assessed there is no information at all, and the patient cannot enter the study.
-- Source: the published study, evaluation of pathological response.
select
  worst_tumour_response.patient_id,
  worst_tumour_response.tumours_assessed,
  worst_tumour_response.residual_percent,
  worst_tumour_response.pathological_response
from worst_tumour_response
join index_operations
  on index_operations.patient_id = worst_tumour_response.patient_id
  and index_operations.operation_date = worst_tumour_response.operation_date
