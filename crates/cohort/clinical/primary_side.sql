-- One row a patient: side of the primary tumour.
--
-- Site by name (cecum, ascending, ...) or ICD-O-3 topography (C18.0 ...). Appendix and overlapping or unspecified
-- colon (C18.1, C18.8, C18.9) have no side.
-- Parameter transverse = 'right': side of the transverse colon (embryological midgut; others split it or leave it out)
-- Parameter splenic_flexure = 'left': side of the splenic flexure (the example study)
-- Source: ICD-O-3 topography, World Health Organization 2000.
select
  patient_id,
  case
    when primary_site in ('cecum', 'ascending', 'hepatic_flexure', 'C18.0', 'C18.2', 'C18.3') then 'right'
    when primary_site in ('transverse', 'C18.4') then $transverse
    when primary_site in ('splenic_flexure', 'C18.5') then $splenic_flexure
    when primary_site in ('descending', 'sigmoid', 'rectosigmoid', 'rectum', 'C18.6', 'C18.7', 'C19', 'C19.9', 'C20', 'C20.9')
      then 'left'
  end as primary_side,
  case
    when primary_site is null then 'not computable: the site is unknown'
    when primary_site not in ('cecum', 'ascending', 'hepatic_flexure', 'C18.0', 'C18.2', 'C18.3', 'transverse', 'C18.4',
      'splenic_flexure', 'C18.5', 'descending', 'sigmoid', 'rectosigmoid', 'rectum', 'C18.6', 'C18.7', 'C19', 'C19.9',
      'C20', 'C20.9') then concat('not computable: the site ', primary_site, ' has no side')
  end as side_reason
from patients
