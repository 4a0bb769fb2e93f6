import { Controller, Get, Header } from '@nestjs/common';
import { Anyone, Immediate } from '@tillroll/http';
import { homePage } from './home-page';

@Controller()
@Anyone()
@Immediate()
export class HomeController {
  /** Says where everything is. */
  @Get('/')
  @Header('content-type', 'text/html; charset=utf-8')
  home(): string {
    return homePage;
  }
}
