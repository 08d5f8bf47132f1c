-- One row a patient with hepatectomy for colorectal liver metastases: everything that eligibility, tables, models and
-- curves need, with nobody left out. The plan excludes and cuts; this view only derives.
--
-- A patient without a row in a joined view has no value there, which the criteria of the plan ask for. The number of
-- cycles alone is 0 and not unknown: no record of chemotherapy means none.
select
  index_operations.patient_id,
  index_operations.operation_date,
  index_operations.margin,
  index_operations.extrahepatic,

  patients.sex,
  age_in_years(patients.birth_date, index_operations.operation_date) as age,
  patients.primary_t,
  patients.primary_n,
  primary_side.primary_side,
  metastasis_timing.metastasis_timing,
  ras_status.ras_status,
  patients.braf_v600e,
  patients.msi,
  liver_size.largest_mm,
  lesion_number.liver_lesions,
  laboratory_before.value as cea_ng_ml,

  coalesce(chemotherapy.cycles, 0) as cycles,
  chemotherapy.lines,
  chemotherapy.received_oxaliplatin,
  chemotherapy.received_irinotecan,
  chemotherapy.received_bevacizumab,
  chemotherapy.received_cetuximab,
  chemotherapy.received_targeted,
  chemotherapy.received_immunotherapy,
  chemotherapy.received_hai,
  days_between(chemotherapy.last_cycle_date, index_operations.operation_date) as days_from_last_cycle,
  recist_response.recist,

  pathology_response.tumours_assessed,
  pathology_response.residual_percent,
  pathology_response.pathological_response,

  survival_endpoint.last_contact_date,
  survival_endpoint.died,
  survival_endpoint.recurrence_date
from index_operations
join patients on patients.patient_id = index_operations.patient_id
left join primary_side on primary_side.patient_id = index_operations.patient_id
left join metastasis_timing on metastasis_timing.patient_id = index_operations.patient_id
left join ras_status on ras_status.patient_id = index_operations.patient_id
left join liver_size on liver_size.patient_id = index_operations.patient_id
left join lesion_number on lesion_number.patient_id = index_operations.patient_id
left join laboratory_before
  on laboratory_before.patient_id = index_operations.patient_id
  and laboratory_before.analyte = 'CEA'
left join chemotherapy on chemotherapy.patient_id = index_operations.patient_id
left join recist_response on recist_response.patient_id = index_operations.patient_id
left join pathology_response on pathology_response.patient_id = index_operations.patient_id
left join survival_endpoint on survival_endpoint.patient_id = index_operations.patient_id
