-- One row a patient: TNM categories of the primary tumour in one spelling, their edition, and the stage group.
--
-- Prefixes (c, p, y, r, a) and case are taken off. A category M of its own is read from the timing: synchronous liver
-- metastases are M1. Groups of the 7th and 8th edition agree up to IIIC; M1 is IV, with its letter where M has one.
-- N1c counts as N1. A category X, or one that is missing, gives no group unless another settles it.
-- Parameter edition = 8: edition of TNM in which the registry writes (a property of the registry)
-- Source: TNM Classification of Malignant Tumours, 7th ed. 2009 and 8th ed. 2017, colon and rectum.
with categories as (
  select
    patients.patient_id,
    regexp_replace(upper(trim(patients.primary_t)), '^[CPYRA]+', '') as t,
    regexp_replace(upper(trim(patients.primary_n)), '^[CPYRA]+', '') as n,
    case metastasis_timing.metastasis_timing when 'synchronous' then 'M1' when 'metachronous' then 'M0' end as m
  from patients
  join metastasis_timing on metastasis_timing.patient_id = patients.patient_id
),
grouped as (
  select
    *,
    case
      when m like 'M1%' then concat('IV', substr(m, 3))
      when m is null then null
      when n = 'N0' then case
        when t = 'TIS' then '0'
        when t like 'T1%' or t like 'T2%' then 'I'
        when t = 'T3' then 'IIA'
        when t = 'T4A' then 'IIB'
        when t = 'T4B' then 'IIC'
        when t = 'T4' then 'II'
      end
      when t = 'T4B' and (n like 'N1%' or n like 'N2%') then 'IIIC'
      when n like 'N1%' then case
        when t like 'T1%' or t like 'T2%' then 'IIIA'
        when t in ('T3', 'T4A') then 'IIIB'
        when t = 'T4' then 'III'
      end
      when n = 'N2A' then case
        when t like 'T1%' then 'IIIA'
        when t like 'T2%' or t = 'T3' then 'IIIB'
        when t in ('T4A', 'T4') then 'IIIC'
      end
      when n = 'N2B' then case
        when t like 'T1%' or t like 'T2%' then 'IIIB'
        when t in ('T3', 'T4A', 'T4') then 'IIIC'
      end
      when n = 'N2' then 'III'
    end as stage_group
  from categories
)
select
  patient_id,
  cast($edition as bigint) as edition,
  t,
  n,
  m,
  stage_group,
  case
    when stage_group is not null then null
    when m is null then 'not computable: unknown M'
    when t is null or t = 'TX' then 'not computable: unknown T'
    when n is null or n = 'NX' then 'not computable: unknown N'
    else concat('not computable: no group has ', t, ' ', n)
  end as stage_reason
from grouped
