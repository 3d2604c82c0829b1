import { list } from './phrase-list.ts'
import type { Department } from './title-rules.ts'

/**
 * How much a word decides: `strong` names a department; `weak` only where nothing strong stands beside it ("operations"
 * in "Sales Operations"); `always` decides whatever else the title says ("Professor of Marketing").
 */
export type Strength = 'always' | 'strong' | 'weak'

interface DepartmentWords {
  readonly department: Department
  readonly strength: Strength
  /** Words as they stand after expandAbbreviations and without "the"; the longest phrase at a place counts. */
  readonly phrases: readonly string[]
}

export const DEPARTMENT_WORDS: readonly DepartmentWords[] = [
  {
    department: 'sales',
    strength: 'strong',
    phrases: list(`
      new business, customer development, desarrollo de negocio, sales, sale, revenue, revenues, business
      development, account executive, account executives, account manager, account management, account director,
      accountmanager, key account, key accounts, major accounts, national accounts, strategic accounts, account
      development, account specialist, account representative, client partner, partnerships, partnership,
      alliances, alliance, channel, channels, pre sales, presales, sales engineer, sales engineering, sales
      development, sales operations, sales support, sales training, sales trainer, sales enablement, solutions
      consultant, territory manager, go to market, salesman, salesperson, saleswoman, seller, cro, cco, bdm,
      bdr, sdr, kam, partner manager, partner sales, partner development, channel partner, chief commercial,
      commercial director, commercial manager, commercial officer, commercial head, telesales, telemarketer,
      broker, vertrieb, vertriebs, verkauf, verkaufer, verkauferin, verkaufs, aussendienst, ventas, comercial,
      commerciale, commerciaux, ventes, vendite, vendas, vendedor, vendedora, verkoop
    `),
  },
  {
    department: 'sales',
    strength: 'weak',
    phrases: list(`
      bid, bids, proposal, proposals, area manager, cooperations, online shop, marketplace, commercial,
      relationship manager, retail, store, accounts, client, clients, merchandising, pricing, export, leasing,
      licensing, cashier, dealer, franchise, realtor, real estate agent, insurance agent, fundraising, donor
    `),
  },
  {
    department: 'marketing',
    strength: 'strong',
    phrases: list(`
      grafik, grafiker, grafikdesigner, market research, marktforschung, mediaplaner, marketing, brand, brands,
      branding, growth, communications, communication, public relations, pr, content, seo, sem, ppc, demand
      generation, demand gen, advertising, social media, creative, copywriter, copywriting, marketer, campaign,
      campaigns, public affairs, media relations, press, graphic designer, graphic design, art director, product
      marketing, field marketing, lead generation, cgo, digital strategy, digital strategist, community manager,
      spokesperson, publicist, kommunikation, comunicacion, comunicaciones, comunicazione, mercadeo,
      mercadotecnia, werbung, publicidad, artdirektor, e commerce, evangelist, evangelism, webmarketing,
      onlinemarketing, customer acquisition
    `),
  },
  {
    department: 'marketing',
    strength: 'weak',
    phrases: list(`
      conversion, graphics, art, media, digital, event, events, outreach, market, editorial, editor, audience,
      meetings, convention, community, promotions, promotion, insights, journalist, web content, crm
    `),
  },
  {
    department: 'engineering',
    strength: 'strong',
    phrases: list(`
      programmierer, programmiererin, programmatore, engineer, engineers, engineering, developer, developers,
      software, programmer, programming, coder, development operations, site reliability, sre, full stack,
      fullstack, frontend, front end, backend, back end, research development, research and development, data
      science, data scientist, data scientists, data engineering, data engineer, data architect, machine
      learning, artificial intelligence, computer vision, chief technology, chief technical, chief scientist,
      chief scientific, hardware, firmware, embedded, solutions architect, solution architect, software
      architect, systems engineer, platform engineering, web development, web developer, application
      development, app development, mobile development, software development, technology development, product
      engineering, sdet, automation, robotics, ingenieur, ingenieurin, ingenieure, ingenieria, ingeniero,
      ingeniera, ingegnere, ingegneria, engenheiro, engenheira, engenharia, entwickler, entwicklerin,
      entwicklung, entwicklungs, softwareentwicklung, developpeur, developpeuse, desarrollador, desarrolladora,
      desarrollo de software, forschung, konstrukteur, konstruktion, recherche and developpement
    `),
  },
  {
    department: 'engineering',
    strength: 'weak',
    phrases: list(`
      electrical, mechanical, statistician, chemist, human factors, laboratory, lab, technology, technologies,
      technical, technologist, data, analytics, architect, architecture, research, researcher, scientist,
      science, scientific, development, innovation, ai, ml, mobile, cloud, quality assurance analyst, quality
      assurance automation, quality assurance lead, quality assurance tester, test, tester,
      testing, web, platform, algorithm, technik, technique, technician, technicien, techniker, electronics,
      devsecops, ios, android, java, python, blockchain, drafter, cad, draughtsman, bi, business intelligence,
      systems, cdo, cdao, network product
    `),
  },
  {
    department: 'product',
    strength: 'strong',
    phrases: list(`
      product, products, product management, product manager, product owner, product design, product designer,
      product development, product strategy, product line, ux, ui, user experience, user interface, user
      research, interaction designer, interaction design, usability, ux researcher, cpo, cpto, produkt,
      produktmanager, produktmanagerin, produktmanagement, producto, produit, produits, prodotto, chef de
      produit
    `),
  },
  {
    department: 'product',
    strength: 'weak',
    phrases: list('design, designer, designers, offering, roadmap, game designer, game design'),
  },
  {
    department: 'finance',
    strength: 'strong',
    phrases: list(`
      finance, finances, financial, financials, accounting, accountant, accountants, accounts payable, accounts
      receivable, accounts assistant, controller, comptroller, controlling, controllership, treasury, treasurer,
      audit, auditor, auditing, internal audit, tax, taxes, taxation, bookkeeper, bookkeeping, billing, payable,
      receivable, fp&a, investor relations, budget, budgeting, actuary, actuarial, finanzen, finanz,
      buchhaltung, buchhalter, buchhalterin, steuern, comptable, comptabilite, financier, financiere, finanzas,
      financiero, financiera, contador, contadora, contabilidad, finanza, contabilita, financeiro, fd, mergers
      acquisitions, m&a, corporate development, accounts clerk, cost accountant, payroll
    `),
  },
  {
    department: 'finance',
    strength: 'weak',
    phrases: list(`
      investment, investments, investor, banker, bankers, risk, credit, banking, bank, wealth, capital markets,
      trading, trader, portfolio manager, underwriter, underwriting, economist, loan, loans, collections, asset
      management, equity, fund, hedge fund, private equity, insurance, valuation, teller
    `),
  },
  {
    department: 'hr',
    strength: 'strong',
    phrases: list(`
      personale, human resources, human resource, human capital, people, people operations, people and culture,
      people culture, talent, talent acquisition, talent management, recruiter, recruiters, recruiting,
      recruitment, recruitement, sourcer, headhunter, head hunter, technical recruiter, hris, personnel,
      compensation, total rewards, employee, employee relations, diversity, learning and development, l&d,
      learning development, organizational development, organization development, workforce, labor relations,
      staffing, personal, personalwesen, personalabteilung, personals, ressources humaines, rh, rrhh, recursos
      humanos, risorse umane, hrbp, employer branding, business partner human resources
    `),
  },
  {
    department: 'hr',
    strength: 'weak',
    phrases: list('training, trainer, culture, benefits, learning, ausbildung, coach'),
  },
  {
    department: 'legal',
    strength: 'strong',
    phrases: list(`
      legal, counsel, general counsel, attorney, attorneys, attorney at law, lawyer, paralegal, solicitor,
      barrister, litigation, compliance, regulatory, regulatory affairs, privacy, patent, patents, intellectual
      property, contracts, contract manager, company secretary, corporate secretary, data protection, clo,
      recht, rechts, rechtsanwalt, rechtsanwaltin, jurist, juristin, justitiar, syndikus, juridique, juriste,
      avocat, avocate, abogado, abogada, legale, juridico, juridica, avvocato, notary, notar, trade policy, law
      clerk, legal assistant
    `),
  },
  {
    department: 'legal',
    strength: 'weak',
    phrases: list(
      'magistrate, court, judge, law, governance, policy, ethics, government affairs, government relations, ip',
    ),
  },
  {
    department: 'operations',
    strength: 'strong',
    phrases: list(`
      clerical, commodity, materials, loss prevention, asset protection, document control, chief operating,
      operating officer, chief operations, supply chain, procurement, purchasing, purchaser, buyer, sourcing,
      logistics, warehouse, warehousing, manufacturing, distribution, fulfillment, facilities, facility, plant,
      factory, inventory, fleet, shipping, transportation, business operations, chief administrative, office
      manager, office administrator, cao, operaciones, operazioni, einkauf, einkaufs, einkaufer, einkauferin,
      logistik, produktion, produktions, lager, betriebs, betrieb, werks, achats, acheteur, acheteuse, compras,
      comprador, compradora, logistique, logistica, acquisti, inkoop, inkoper, strategic sourcing, real estate,
      continuous improvement, product quality
    `),
  },
  {
    department: 'operations',
    strength: 'weak',
    phrases: list(`
      environmental, superintendent, operations, operation, operational, operating, production, quality, quality
      assurance, supply, category, process, project, projects, project manager, project management, program
      manager, program management, pmo, program, programs, administration, administrative, administrator,
      planning, delivery, safety, maintenance, construction, general manager, transformation, business process,
      business manager, field service, branch, site, qualitats, qualitat, exploitation, projekt, back office,
      dispatcher, scheduler, ehs, environmental health, scrum master, agile coach, health safety
    `),
  },
  {
    department: 'it',
    strength: 'strong',
    phrases: list(`
      netzwerkadministrator, information technology service desk, information technology servicedesk,
      information technology help desk, data processing, information technology, information technology support,
      information technology engineer, information technology operations, information technology project,
      information technology program,
      information technology recruiter coordinator, information systems, information system, information
      security, information officer, chief information, chief digital, chief data, cyber, cybersecurity, cyber
      security, network security, network engineer, network administrator, network architect, security engineer,
      security architect, security architecture, security analyst, application security, cloud security, data
      security, system administrator, systems administrator, system administration, sysadmin, database
      administrator, database, dba, systems analyst, system analyst, business systems, enterprise systems,
      enterprise architect, enterprise architecture, enterprise applications, salesforce administrator, sap,
      erp, desktop support, infrastructure, data center, telecom, telecommunications, information management,
      ict, edv, informatik, informatiker, informatikerin, systemadministrator, informatique, informatica,
      sistemas, tecnologias de la informacion, dsi, ccio, infosecurity, penetration tester, soc analyst,
      wirtschaftsinformatik, information technology consultant, webmaster
    `),
  },
  {
    department: 'it',
    strength: 'weak',
    phrases: list(`
      network, security, security compliance, computer, applications, digital transformation, linux, windows,
      citrix, sharepoint, identity, information, office 365, middleware
    `),
  },
  {
    department: 'support',
    strength: 'strong',
    phrases: list(`
      customer success, customer success manager, client success, success manager, customer support, technical
      support, product support, support engineer, support engineering, application support, support specialist,
      support manager, support representative, customer service, customer services, customer care, customer
      experience, client services, client service, client support, client experience, customer operations,
      customer relations, customer relation, customer, customers, help desk, helpdesk, service desk,
      servicedesk, call center, contact center, member services, guest services, csm, kundenservice,
      kundendienst, kunden, kundenbetreuung, kundenbetreuer, service client, relation client, atencion al
      cliente, soporte, assistenza clienti, klantenservice, customer onboarding, technical service, technical
      services, after sales, aftersales, product specialist support, passenger service
    `),
  },
  {
    department: 'support',
    strength: 'weak',
    phrases: list('support, services, service, onboarding, implementation, receptionist'),
  },
  {
    department: 'executive',
    strength: 'strong',
    phrases: list(`
      chief executive, chief executive officer, executive officer, executive management, executive leadership,
      executive team, executive office, general management, c level, pdg, dg, geschaftsleitung,
      geschaeftsleitung, leadership team, management team, senior management, direccion general, direction
      generale, corporate leadership
    `),
  },
  /** Fields that sell nothing to and buy nothing for a company's departments, whatever their subject is called. */
  {
    department: 'other',
    strength: 'always',
    phrases: list(`
      professor, lecturer, teacher, physician, surgeon, dentist, nurse, postdoctoral, postdoc, phd student,
      doctoral student, student, executive assistant, personal assistant, instructor, tutor, adjunct, lehrer,
      lehrerin, research assistant, teaching assistant, pastor, musician, actor, actress, chef, cook,
      firefighter, police officer, veterinarian, pharmacist, therapist, psychologist, social worker, librarian
    `),
  },
  /** Shields: these words name no department here. */
  {
    department: 'other',
    strength: 'weak',
    phrases: list(`
      working student, senior management associate, emergency services, government service, funeral, personal
      trainer, financial services, health services, professional services, security guard, security officer,
      social services, executive producer, sales force, interior designer, fashion designer, landscape
      architect, fitness trainer, public safety, public health, environmental services, medical services, chief
      of staff, food service, community service, medical, clinical, health, healthcare, pharmacy
    `),
  },
]

/** Names of departments that sources use and titles do not: a whole text that is one of these is that department. */
export const DEPARTMENT_NAMES: ReadonlyMap<string, Department> = new Map([
  ['support', 'support'],
  ['service', 'support'],
  ['services', 'support'],
  ['executive', 'executive'],
  ['executives', 'executive'],
  ['management', 'executive'],
  ['board', 'executive'],
  ['c suite', 'executive'],
  ['design', 'product'],
  ['administration', 'operations'],
  ['research', 'engineering'],
  ['technology', 'engineering'],
  ['data', 'engineering'],
  ['education', 'other'],
  ['consulting', 'other'],
])
