-- One row a patient: the table's columns under names that say what they hold.
--
-- Rule: the response is the share of the tumour that is no longer viable, so that what is left is 100 % less that. It is
-- complete when nothing is left, major below 50 %, minor from 50 %: the levels of the study that is validated. Shares are
-- whole percents; rounding takes out what binary fractions add.
-- Source: the data dictionary of the workbook; levels as in examples/crlm-pcr.
select
  patient_id,
  age,
  sex,
  node_positive,
  synchronous,
  several,
  largest_cm,
  cea_ng_ml,
  bilobar,
  extrahepatic,
  preoperative_chemotherapy,
  residual_percent,
  case
    when residual_percent = 0 then 'complete'
    when residual_percent < 50 then 'major'
    when residual_percent >= 50 then 'minor'
  end as pathological_response,
  survival_months,
  died,
  disease_free_months,
  recurred_or_died
from (
  select
    "Patient-ID" as patient_id,
    age,
    sex,
    node_positive_primary as node_positive,
    synchronous_crlm as synchronous,
    multiple_metastases as several,
    max_tumor_size as largest_cm,
    carcinoembryonic_antigen as cea_ng_ml,
    bilobar_disease as bilobar,
    extrahep_disease as extrahepatic,
    chemo_before_liver_resection as preoperative_chemotherapy,
    round(100 - 100 * total_response_percent) as residual_percent,
    overall_survival_months as survival_months,
    vital_status as died,
    "months_to_DFS_progression" as disease_free_months,
    "vital_status_DFS" as recurred_or_died
  from patients
) as named
