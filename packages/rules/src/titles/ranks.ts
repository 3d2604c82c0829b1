import { list } from './phrase-list.ts'
import type { Department, Seniority } from './title-rules.ts'

export interface Rank {
  readonly seniority: Seniority
  /** The department of who holds it where the title names none. */
  readonly department?: Department
  /** Words as they stand after expandAbbreviations and without "the"; the longest phrase at a place counts. */
  readonly phrases: readonly string[]
}

const TABLE = {
  founder: {
    seniority: 'owner',
    department: 'executive',
    phrases: list(`
      founder, founders, founding partner, grunder, gruender, fondateur, fondatrice, fundador, fundadora,
      fondatore, oprichter, grundare, socio fundador, foundress, cofundador, cofundadora, cofondateur,
      cofondatrice, cofondatore, mitgrunder, mitgruender, medgrundare, medeoprichter, co founding
    `),
  },
  owner: {
    seniority: 'owner',
    department: 'executive',
    phrases: list(`
      owner, proprietor, proprietress, inhaber, inhaberin, proprietaire, propietario, propietaria, titolare,
      eigenaar, proprietario, gerant, managing member
    `),
  },
  chief: {
    seniority: 'c-suite',
    department: 'executive',
    phrases: list(`
      chief, c level, c suite, c level executive, cxo, cro, cpo, cso, cco, cdo, cao, clo, cgo, cko, cno, cbo,
      cvo, cdao, cpto, ccio, caio, cmio, cdio, csco, chco, dg, pdg, c e o, c f o, c o o, c t o, c i o
    `),
  },
  'general counsel': { seniority: 'c-suite', department: 'legal', phrases: list('general counsel') },
  president: {
    seniority: 'c-suite',
    department: 'executive',
    phrases: list('president, prasident, praesident, presidente, presidenta'),
  },
  chair: {
    seniority: 'c-suite',
    department: 'executive',
    phrases: list('chair, cochair, cochairman, vorsitzender, vorsitzende'),
  },
  trustee: { seniority: 'c-suite', department: 'executive', phrases: list('trustee') },
  'founding chair': {
    seniority: 'c-suite',
    department: 'executive',
    phrases: list('founding chair, founding board member, founding member of board'),
  },
  chancellor: { seniority: 'c-suite', department: 'executive', phrases: list('chancellor, provost') },
  'board member': {
    seniority: 'c-suite',
    department: 'executive',
    phrases: list(`
      board member, member of board, board of director, member of board of director, member board of director,
      board director, director of board, non executive director, non executive board, non executive, board non
      executive, independent director, executive board, management board, supervisory board, member of executive
      board, executive committee, executive committee member, member of executive committee, member of
      management board, member of supervisory board, board of trustees, board of governors, board of regents,
      board of manager, vorstand, vorstandsmitglied, mitglied des vorstands, aufsichtsrat, mitglied der
      geschaftsfuhrung, mitglied der geschaeftsfuehrung, mitglied der geschaftsleitung, mitglied der
      geschaeftsleitung, executive chair, ned
    `),
  },
  'managing partner': {
    seniority: 'c-suite',
    department: 'executive',
    phrases: list(`
      managing partner, geschaftsfuhrender gesellschafter, geschaeftsfuehrender gesellschafter
    `),
  },
  'managing director': {
    seniority: 'c-suite',
    department: 'executive',
    phrases: list(`
      managing director, director general, general director, secretary general, geschaftsfuhrer,
      geschaeftsfuehrer, geschaftsfuhrerin, geschaeftsfuehrerin, geschaftsfuhrung, geschaeftsfuehrung, directeur
      general, directrice generale, directora general, gerente general, consejero delegado, consejera delegada,
      amministratore delegato, direttore generale, diretor geral, algemeen director, algemeen directeur,
      verkstallande direktor, administrerende direktor, daglig leder, vd
    `),
  },
  md: { seniority: 'c-suite', department: 'executive', phrases: list('md') },
  'executive vice president': { seniority: 'vp', phrases: list('executive vice president') },
  'vice president': {
    seniority: 'vp',
    phrases: list(`
      vice president, vice presidente, vice presidenta, vizeprasident, vizepraesident, vicepresidente,
      vicepresidenta, v president, vice - president, v p, s v p, cvp, fvp
    `),
  },
  /** Companies write three posts so (assistant, associate, area), all of them vice presidents. */
  avp: { seniority: 'vp', phrases: list('avp') },
  'vice chair': { seniority: 'vp', department: 'executive', phrases: list('vice chair, vice - chair') },
  'vice chancellor': { seniority: 'vp', department: 'executive', phrases: list('vice chancellor, vice provost') },
  head: {
    seniority: 'head',
    phrases: list(`
      head, heads, global head, leiter, leiterin, leitung, leitende, leitender, responsable, responsabile,
      hoofd, chef de service, chef de departement, jefe, jefa, hod
    `),
  },
  'unit chief': {
    seniority: 'head',
    phrases: list(`
      chief of, division chief, branch chief, section chief, bureau chief, department chief, unit chief, fire
      chief, police chief, battalion chief, editor in chief, chief editor
    `),
  },
  'managing editor': { seniority: 'head', department: 'marketing', phrases: list('managing editor') },
  dean: {
    seniority: 'head',
    phrases: list(`
      dean, school principal, elementary principal, elementary school principal, high school principal, middle
      school principal, headmaster, headmistress, headteacher
    `),
  },
  'ranking member': { seniority: 'head', department: 'executive', phrases: list('ranking member') },
  director: {
    seniority: 'director',
    phrases: list(`
      director, executive director, vice principal, assistant principal, direktor,
      direktorin, directeur, directrice, directora, diretor, diretora, direttore, direttrice, direktorius,
      prokurist, prokuristin
    `),
  },
  'managing principal': { seniority: 'director', phrases: list('managing principal') },
  fd: { seniority: 'director', department: 'finance', phrases: list('fd') },
  treasurer: { seniority: 'director', department: 'finance', phrases: list('treasurer') },
  /** "Chief Station Engineer": a chief who is no officer, but the first of a profession (rank-context.ts). */
  'chief specialist': { seniority: 'director', phrases: [] },
  'chief counsel': {
    seniority: 'director',
    department: 'legal',
    phrases: list(`
      chief counsel, chief legal counsel, chief compliance counsel, chief regulatory counsel, chief litigation
      counsel, chief patent counsel, chief privacy counsel
    `),
  },
  'chief of staff': { seniority: 'director', phrases: list('chief of staff') },
  partner: {
    seniority: 'director',
    phrases: list(`
      partner, equity partner, senior partner, general partner, associe, socio, socia, gesellschafter
    `),
  },
  manager: {
    seniority: 'manager',
    phrases: list(`
      manager, managerin, gerente, superintendent, group product manager, gestionnaire, manageress, manager of
      product manager, program director manager
    `),
  },
  'general manager': {
    seniority: 'manager',
    department: 'operations',
    phrases: list('general manager, country manager'),
  },
  gm: { seniority: 'manager', department: 'operations', phrases: list('gm, agm, dgm') },
  supervisor: {
    seniority: 'manager',
    phrases: list(`
      supervisor, supervisors, foreman, forewoman, foreperson, crew chief, crew leader, crew lead, shift lead,
      shift leader, shift manager, line lead, team captain, teamleiter, teamleiterin, teamleider, teamleder,
      teamleitung, team head, gruppenleiter, gruppenleiterin, gruppenleitung, filialleiter, filialleiterin,
      schichtleiter, meister, chef dequipe, jefe de equipo, polier, capo, forman
    `),
  },
  controller: {
    seniority: 'manager',
    department: 'finance',
    phrases: list(`
      financial controller, finance controller, group controller, group finance controller, corporate
      controller, comptroller, plant controller, division controller, regional controller
    `),
  },
  'team lead': {
    seniority: 'manager',
    phrases: list(`
      team lead, team leader, teamlead, teamleader, group lead, group leader, squad lead, chapter lead, practice
      lead, leader, practice leader
    `),
  },
  /** Called manager for what they look after, not for people: as senior as who manages people, but another post. */
  'functional manager': {
    seniority: 'manager',
    phrases: list(`
      product manager, product marketing manager, project manager, program manager, account manager, community
      manager, case manager, relationship manager, customer success manager, client success manager, success
      manager, social media manager, partner manager, partner success manager, territory manager, alliance
      manager, engagement manager, content manager, portfolio manager, release manager, contract manager, change
      manager, client manager, project head, project lead, project leader, projektleiter, projektleiterin,
      projectleider, projektledare, projektleder, prosjektleder, projektleitung, chef de projet, cheffe de
      projet, chef de produit, jefe de proyecto, jefa de proyecto, accountmanager, produktmanager,
      produktmanagerin, projektmanager, projektmanagerin, product lead, responsabile di progetto, gerente de
      proyecto, gerente de producto, gerente de cuenta, chargee de projet, product line manager, brand manager,
      category manager, campaign manager, business development manager, channel manager, partner account
      manager, contracts manager, proposal manager, bid manager, grants manager, asset manager, fund manager,
      investment manager, seo manager, event manager, events manager, renewals manager, implementation manager,
      onboarding manager, knowledge manager, vendor manager
    `),
  },
  /** "Head Brewer": the first of a craft, not the head of a department (rank-context.ts). */
  'craft head': {
    seniority: 'senior',
    phrases: list('head chef, head coach, head nurse, head teacher, head cashier'),
  },
  lead: {
    seniority: 'senior',
    phrases: list('lead'),
  },
  principal: { seniority: 'senior', phrases: list('principal') },
  senior: {
    seniority: 'senior',
    phrases: list(`
      senior, distinguished, fellow, technical fellow, staff engineer, staff software, staff data, staff
      product, staff designer, staff systems, staff hardware, staff technical, staff scientist, staff developer,
      staff machine, staff security, staff research, staff site, expert, charge nurse, executive chef, chief
      product owner
    `),
  },
  intern: {
    seniority: 'intern',
    phrases: list(`
      intern, interns, internship, trainee, apprentice, apprenticeship, working student, student assistant,
      student worker, student intern, manager in training, product manager in training, project manager in training,
      program manager in training, account manager in training, co op student, placement student, industrial
      placement, summer analyst, summer associate, extern, praktikant, praktikantin, praktikum, werkstudent,
      werkstudentin, auszubildender, auszubildende, azubi, stagiaire, alternant, alternante, becario, becaria,
      practicante, pasante, stagista, estagiario, estagiaria, stagiair, volontar, volontarin
    `),
  },
  /** "Brand Management" says a field, not that its bearer manages it. "Management Consultant" is none (rank-context.ts). */
  'field of management': { seniority: 'individual', phrases: list('management, leadership') },
  /** Advises a board; is no member of the one that decides. */
  'advisory board': {
    seniority: 'individual',
    phrases: list(`
      advisory board, advisory board member, member of advisory board, sub advisory board, advisory council,
      board adviser, board advisor, board of advisors, board of advisers, advisory committee, advisory committee
      member, board observer
    `),
  },
  /** A seat at something called a board, without a word on which: a company's own is among the board members. */
  board: {
    seniority: 'individual',
    phrases: list('board, boards, editorial board, editorial board member, review board member'),
  },
  /** Sits on a body that is no board: a forum, a council, a committee. */
  'committee member': {
    seniority: 'individual',
    phrases: list(
      'forum member, council member, committee member, circle member, member of council, member of committee',
    ),
  },
  /** The same on one that is named after chiefs or founders. */
  'circle of chiefs': {
    seniority: 'individual',
    phrases: list('executive forum member, executive council member, executive circle member, founder circle member'),
  },
  /** Phrases that only look like a rank: they shield the words in them. */
  none: {
    seniority: 'individual',
    phrases: list(`
      product owner, functional owner, project owner, platform owner, feature owner, risk owner, control owner,
      process owner, system owner, service owner, data owner, application owner, solution owner, owner operator
      driver, owner relations, business partner, resources partner, people partner, talent partner, talent
      acquisition partner, acquisition partner, finance partner, communications partner, diversity inclusion
      partner, inclusion partner, partner marketing, partner sales, partner development, partner operations,
      partner engineering, partner enablement, partner program, partner success, partner
      relations, partner alliances, partner support, partner services, partner solutions, channel partner,
      channel partners, strategic partner, research fellow, teaching fellow, postdoctoral fellow, postdoc
      fellow, undergraduate fellow, graduate fellow, clinical fellow, visiting fellow, development fellow,
      policy fellow, fellow traveler, lead generation, lead gen, lead qualification, lead management,
      intern program, internship program, internship coordinator, intern coordinator, apprenticeship program,
      apprentice program, head hunter, head start, head office, account principal, senior living, senior care,
      senior services, senior housing, seniors, chair side, chair assembler, president club, board secretary,
      board certified, board game, board operator, iron founder, brass founder, type founder, owner association,
      property owner, home owner, manager assistant, director level consultant, director level,
      executive management team, thought leadership, thought leader, opinion leader, vice president level,
      limited partner, client partner, sales partner, technology partner, culture partner
    `),
  },
} as const satisfies Record<string, Rank>

export type RankName = keyof typeof TABLE

/**
 * The ranks that titles name. A rank is finer than a seniority, so that what reads a title in other levels than ours
 * (the measurement against a published set) can tell apart what is one to us.
 */
export const RANKS: Readonly<Record<RankName, Rank>> = TABLE
